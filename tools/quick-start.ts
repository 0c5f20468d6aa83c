import { spawnSync } from 'node:child_process';

/**
 * Loaded behind tsx. It keeps the source map of every module, which is a tenth of the time of a synthesis, for traces that are hardly
 * ever printed. Here nothing is kept, and a run that ends by an error of the program is done once more, with them.
 */
if (process.env.SOURCE_MAPS !== 'yes') {
  process.setSourceMapsEnabled(false);
  process.on('uncaughtException', () => {
    const env = { ...process.env, SOURCE_MAPS: 'yes' };
    const words = [...process.execArgv, ...process.argv.slice(1)];
    process.exit(spawnSync(process.execPath, words, { stdio: 'inherit', env }).status ?? 1);
  });
}
