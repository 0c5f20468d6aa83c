/** Alerts about wallets that an engine uses: whether they hold enough, and whether more leaves them than should. */
import { type Alert, fires, type Labels, missing, select, silent } from '../../monitoring-stack';
import type { WatchedEngine, WatchedWallet } from '../watched';
import { answers, decimal, kill, loudness, ofEngine, scraped, told, VALUE } from './parts';

const METRIC = 'mev_wallet_balance';

export const walletAlerts = (engine: WatchedEngine): readonly Alert[] =>
  engine.wallets.flatMap((wallet) => [
    walletNotTold(engine, wallet),
    ...(wallet.minBalance === undefined ? [] : [walletBalanceLow(engine, wallet, wallet.minBalance)]),
    ...(wallet.maxOutflow === undefined ? [] : [walletOutflowUnexpected(engine, wallet, wallet.maxOutflow)]),
  ]);

const ofWallet = ({ chain, network, address: wallet }: WatchedWallet): Labels => ({ chain, network, wallet });

const aboutWallet = (engine: WatchedEngine, wallet: WatchedWallet): Labels => ({
  engine: engine.name,
  ...ofWallet(wallet),
});

const balance = (engine: WatchedEngine, wallet: WatchedWallet): string =>
  select(METRIC, { ...ofEngine(engine), ...ofWallet(wallet) });

const series = (engine: WatchedEngine, wallet: WatchedWallet): string =>
  scraped(engine, METRIC, { ...ofWallet(wallet), unit: 'ETH' });

/** Where more may not leave than so much, what is not known may have left. */
function walletNotTold(engine: WatchedEngine, wallet: WatchedWallet): Alert {
  const up = { [scraped(engine, 'up')]: '1x30' };
  const stops = wallet.maxOutflow !== undefined;
  const alert = {
    name: 'WalletNotTold',
    group: 'risk-breaches',
    labels: aboutWallet(engine, wallet),
    expr: `max(${missing(METRIC, { ...ofEngine(engine), ...ofWallet(wallet) })}) and on () ${answers(engine)}`,
    forSeconds: 120,
    summary: `${engine.name} runs and does not tell what ${wallet.address} holds on ${wallet.chain} ${wallet.network}.${stops ? ' It is stopped.' : ''}`,
    runbook: 'risk',
    cases: {
      fires: [
        fires('it tells nothing', up, 5, {}),
        fires('it tells of another', { ...up, [series(engine, { ...wallet, address: 'other' })]: '5x30' }, 5, {}),
      ],
      silent: [
        silent('it tells', { ...up, [series(engine, wallet)]: '0x30' }, 5),
        silent('it was started a minute ago', { [scraped(engine, 'up')]: '_x4 1x30' }, 5),
        silent('it does not run', {}, 5),
      ],
    },
  } as const;
  return stops ? kill(engine.name, alert) : told({ ...alert, severity: 'warning' });
}

/** It cannot pay for gas soon. */
function walletBalanceLow(engine: WatchedEngine, wallet: WatchedWallet, least: string): Alert {
  const below = decimal(least);
  const of = series(engine, wallet);
  const enough = Number(below) * 2;
  const low = Number(below) / 2;
  return told({
    name: 'WalletBalanceLow',
    group: 'engine',
    labels: aboutWallet(engine, wallet),
    severity: loudness(engine.strategies),
    expr: `max(${balance(engine, wallet)}) < ${below}`,
    forSeconds: 300,
    summary: `${wallet.address} of ${engine.name} holds ${VALUE} on ${wallet.chain} ${wallet.network}; it is to hold ${below}.`,
    runbook: 'risk',
    cases: {
      fires: [fires('it runs out', { [of]: `${enough}x5 ${low}x30` }, 15, {})],
      silent: [
        silent('it holds what it should', { [of]: `${below}x30` }, 15),
        silent('it is filled again', { [of]: `${low}x3 ${enough}x30` }, 15),
      ],
    },
  });
}

/** What it held within an hour, less what it holds: by whom it left is not asked. */
function walletOutflowUnexpected(engine: WatchedEngine, wallet: WatchedWallet, most: string): Alert {
  const above = decimal(most);
  const of = series(engine, wallet);
  const full = Number(above) * 4;
  const drained = `${full}x10 ${Number(above) * 2}x1500`;
  return kill(engine.name, {
    name: 'WalletOutflowUnexpected',
    group: 'risk-breaches',
    labels: aboutWallet(engine, wallet),
    expr: `max(max_over_time(${balance(engine, wallet)}[1h])) - max(${balance(engine, wallet)}) > ${above}`,
    forSeconds: 0,
    summary: `${VALUE} left ${wallet.address} on ${wallet.chain} ${wallet.network} within an hour; ${above} is the most. ${engine.name} is stopped.`,
    runbook: 'risk',
    cases: {
      fires: [
        fires('it is emptied', { [of]: drained }, 15, {}),
        fires('it was, within a day', { [of]: drained }, 1440, {}),
        fires(
          'bit by bit',
          { [of]: `${full}x5 ${full - Number(above) * 0.75}x20 ${full - Number(above) * 1.5}x20` },
          40,
          {},
        ),
      ],
      silent: [
        silent('as much leaves as may', { [of]: `${full}x10 ${full - Number(above)}x30` }, 15),
        silent('it is filled', { [of]: `0x10 ${full}x30` }, 15),
        silent('it was, more than a day ago', { [of]: drained }, 1600),
      ],
    },
  });
}
