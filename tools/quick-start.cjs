const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { sep } = require('node:path');

/**
 * Loads tsx, and keeps it to what is TypeScript: it would look into every file of every package whether it must be rewritten, and look for
 * every name in more ways than packages need. With what is below, a fifth of the time of a synthesis. It is JavaScript because it
 * comes before what reads TypeScript.
 */
const isOfPackage = (file) => file?.includes(`${sep}node_modules${sep}`);

const resolvePlain = Module._resolveFilename;
const load = Module._load;
require('tsx/cjs');
const resolve = Module._resolveFilename;
const compile = Module._extensions['.js'];

Module._resolveFilename = (request, parent, ...rest) =>
  (isOfPackage(parent?.filename) ? resolvePlain : resolve)(request, parent, ...rest);

Module._extensions['.js'] = (module, file) => {
  if (!isOfPackage(file)) return compile(module, file);
  try {
    return module._compile(readFileSync(file, 'utf8'), file);
  } catch (error) {
    // One that is an ES module.
    if (error instanceof SyntaxError) return compile(module, file);
    throw error;
  }
};

// cdktf loads what packs archives, and nothing here is packed: it comes when it is called.
Module._load = (request, ...rest) =>
  request === 'archiver' ? (...words) => load(request, ...rest)(...words) : load(request, ...rest);

// What was compiled is kept, where Node can (22.8).
Module.enableCompileCache?.();

// Source maps of all modules are kept for traces that are hardly ever printed. A run that ends by an error of the program is done once
// more, with them.
if (process.env.SOURCE_MAPS !== 'yes') {
  process.setSourceMapsEnabled(false);
  process.on('uncaughtException', () => {
    const env = { ...process.env, SOURCE_MAPS: 'yes' };
    const words = [...process.execArgv, ...process.argv.slice(1)];
    process.exit(spawnSync(process.execPath, words, { stdio: 'inherit', env }).status ?? 1);
  });
}
