import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS, RESULT } from '../../constructs/mev-engine/contract';
import { backtest } from './backtest';
import { cancelAll, type Engine, lookAt, reread, seconds, start, type Tell } from './engine';
import { reasonOf } from './files';
import { livez, readyz } from './health';
import { exposition } from './metrics';
import { samplesOf } from './samples';
import { type Publisher, publishAll } from './streams';

/**
 * An engine that complies with docs/engine-contract.md, and trades nothing: it signs nothing and sends nothing, so it is refused
 * in live mode. It shows how little the contract asks, and is what the tests of the contract run.
 *
 *   MEV_ROOT=/tmp/mev node --require tsx/cjs tools/reference-engine/main.ts
 *
 * reads /tmp/mev/etc/mev/engine.json and so on, so that it runs beside any node by hand. MEV_HEALTH_PORT and MEV_METRICS_PORT
 * replace the ports; 0 is any that is free. The first line on standard output says which they are. In a backtest it listens on
 * none, and leaves its result in the folder that engine.json says, below MEV_ROOT as well.
 */

const READ_MILLISECONDS = 1000;
const LOOK_MILLISECONDS = 500;
const PUBLISH_MILLISECONDS = 500;
/** What is not published by then, once it is to end, is lost. */
const LAST_MILLISECONDS = 1000;

const tell: Tell = (event, what) => void process.stdout.write(`${JSON.stringify({ event, ...what })}\n`);

/** Calls again and again until it is to end. */
async function repeat(milliseconds: number, signal: AbortSignal, work: () => Promise<void> | void): Promise<void> {
  while (!signal.aborted) {
    await work();
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}

async function listen(port: number, server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  return (server.address() as AddressInfo).port;
}

type Routes = Readonly<Record<string, () => { readonly status: number; readonly text: string }>>;

const serve = (routes: Routes): Server =>
  createServer(({ url = '' }, response: ServerResponse) => {
    const route = Object.hasOwn(routes, url) ? routes[url] : undefined;
    const { status, text } = route?.() ?? { status: 404, text: 'not found\n' };
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  });

const portOf = (variable: string, otherwise: number): number => Number(process.env[variable] || otherwise);

async function serveAll(engine: Engine): Promise<void> {
  const health = serve({ '/livez': () => livez(engine, seconds()), '/readyz': () => readyz(engine, seconds()) });
  const metrics = serve({ '/metrics': () => ({ status: 200, text: exposition(samplesOf(engine, seconds())) }) });
  const ports = {
    health: await listen(portOf('MEV_HEALTH_PORT', PORTS.health), health),
    metrics: await listen(portOf('MEV_METRICS_PORT', PORTS.metrics), metrics),
  };
  tell('started', { engine: engine.files.engine.engine, ...ports });
}

/** Publishes what has ended, where that is wanted, and tells when it cannot. */
async function publish({ files: { streams }, outbox }: Engine, publisher: Publisher): Promise<void> {
  if (!streams) return;
  const { trouble } = publisher;
  await publishAll(publisher, streams, outbox);
  if (publisher.trouble !== trouble) tell('streams', { trouble: publisher.trouble ?? null });
}

async function main(): Promise<void> {
  const ending = new AbortController();
  const root = process.env.MEV_ROOT ?? '';
  const engine = start(root, seconds());
  const past = engine.files.engine.backtest;
  const publisher: Publisher = { connection: undefined, trouble: undefined };
  // A backtest publishes nothing, and ends by itself.
  const publishing = past
    ? Promise.resolve()
    : repeat(PUBLISH_MILLISECONDS, ending.signal, () => publish(engine, publisher));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      ending.abort();
      cancelAll(engine, seconds());
      const published = publishing.then(() => publish(engine, publisher));
      await Promise.race([published, sleep(LAST_MILLISECONDS)]);
      tell('ended', { signal });
      // A backtest that is cut short has no result.
      process.exit(past ? 1 : 0);
    });
  }
  if (past) {
    const result = await backtest(engine, ending.signal, tell);
    writeFileSync(`${root}${past.out}/${RESULT.file}`, `${JSON.stringify(result, null, 2)}\n`);
    tell('ended', { result: `${past.out}/${RESULT.file}` });
    return;
  }
  await serveAll(engine);
  await Promise.all([
    publishing,
    repeat(READ_MILLISECONDS, ending.signal, () => reread(engine, seconds(), tell)),
    ...[...engine.networks.keys()].map((key) =>
      repeat(LOOK_MILLISECONDS, ending.signal, () => lookAt(engine, key, ending.signal, tell)),
    ),
  ]);
}

main().catch((error: unknown) => {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
});
