/** Alerts about streams: servers that are away, what goes before its time, and what is not read into tables. */
import { type Alert, fires, silent } from '../../monitoring-stack';
import { consumerOf } from '../contract';
import type { WatchedData } from '../watched';
import { data, own, ready } from './parts';

const GIB = 2 ** 30;
/** How full a stream may be before it says that what is old goes before its time. */
const NEARLY_FULL = 0.9;

export const streamAlerts = (watched: WatchedData): readonly Alert[] => [
  streamsDown(watched),
  ...(watched.streamServers === 3 ? [streamServerDown(watched)] : []),
  ...watched.streams.map((stream) => streamNearlyFull(watched, stream)),
  ...watched.streams.filter(({ table }) => table).map(({ name }) => streamNotStored(watched, name)),
];

/** Servers by name, with their values. */
const servers = (watched: WatchedData, ...values: readonly string[]) =>
  Object.fromEntries(values.map((value, index) => [ready(watched, `nats-${index}`), value]));

function streamsDown(watched: WatchedData): Alert {
  const three = watched.streamServers === 3;
  const least = three ? 2 : 1;
  return data({
    name: 'StreamsDown',
    severity: 'critical',
    expr: `absent(sum(${ready(watched, '~nats-[0-9]+')}) >= ${least})`,
    forSeconds: 120,
    summary: `Fewer than ${least} of ${watched.streamServers} servers of NATS are ready: nothing is published, and nobody reads.`,
    cases: {
      fires: [
        fires('none is there', {}, 5, {}),
        fires(
          'too few are ready',
          servers(watched, ...(three ? ['1x2 0x20', '1x2 0x20', '1x20'] : ['1x2 0x20'])),
          10,
          {},
        ),
      ],
      silent: [
        silent('enough are', servers(watched, ...(three ? ['1x20', '1x20', '0x20'] : ['1x20'])), 10),
        silent(
          'one is started anew',
          servers(watched, ...(three ? ['1x4 0x1 1x20', '1x20', '0x20'] : ['1x4 0x1 1x20'])),
          8,
        ),
      ],
    },
  });
}

function streamServerDown(watched: WatchedData): Alert {
  return data({
    name: 'StreamServerDown',
    severity: 'warning',
    expr: `sum(${ready(watched, '~nats-[0-9]+')}) < 3`,
    forSeconds: 900,
    summary: '{{ $value }} of 3 servers of NATS are ready: another that fails stops all streams.',
    cases: {
      fires: [fires('one is away', servers(watched, '1x40', '1x40', '1x4 0x40'), 25, {})],
      silent: [
        silent('all are there', servers(watched, '1x40', '1x40', '1x40'), 25),
        silent('one after the other is started anew', servers(watched, '1x4 0x5 1x40', '1x14 0x5 1x40', '1x40'), 25),
      ],
    },
  });
}

function streamNearlyFull(watched: WatchedData, { name, sizeGiB }: WatchedData['streams'][number]): Alert {
  const bytes = (server: string): string =>
    own(watched, 'nats_stream_total_bytes', { stream_name: name, ...(server ? { pod: server } : {}) });
  const limit = Math.round(sizeGiB * GIB * NEARLY_FULL);
  return data({
    name: 'StreamNearlyFull',
    labels: { stream: name },
    severity: 'warning',
    expr: `max(${bytes('')}) > ${limit}`,
    forSeconds: 900,
    summary: `The stream ${name} holds {{ $value | humanize1024 }}B of ${sizeGiB} GiB: at its size the oldest messages go, before their time.`,
    cases: {
      fires: [fires('it is nearly full', { [bytes('nats-0')]: `${limit + 1}x30`, [bytes('nats-1')]: '0x30' }, 20, {})],
      silent: [
        silent('there is room', { [bytes('nats-0')]: `${limit - 1}x30` }, 20),
        silent(
          'another is full',
          { [own(watched, 'nats_stream_total_bytes', { stream_name: `${name}-other` })]: `${limit * 2}x30` },
          20,
        ),
      ],
    },
  });
}

/** ClickHouse has been seen to stop reading after a restart of NATS, without a word (ClickHouse/ClickHouse, issue 96651): the consumer shows it. */
function streamNotStored(watched: WatchedData, name: string): Alert {
  const series = (metric: string, pod?: string): string =>
    own(watched, metric, {
      stream_name: name,
      consumer_name: consumerOf(name),
      is_consumer_leader: 'true',
      ...(pod === undefined ? {} : { pod }),
    });
  const waiting = (pod?: string): string => series('nats_consumer_num_pending', pod);
  const done = (pod?: string): string => series('nats_consumer_ack_floor_stream_seq', pod);
  return data({
    name: 'StreamNotStored',
    labels: { stream: name },
    severity: 'warning',
    expr: `max(${waiting()}) > 0 and on () max(changes(${done()}[15m])) == 0`,
    forSeconds: 300,
    summary: `ClickHouse reads nothing of the stream ${name}, and {{ $value }} messages wait: they are lost when they are older than the stream keeps them.`,
    cases: {
      fires: [
        fires('it has stopped', { [waiting('nats-0')]: '0x10 5+5x40', [done('nats-0')]: '0+10x10 100x40' }, 40, {}),
      ],
      silent: [
        silent('it reads', { [waiting('nats-0')]: '5x40', [done('nats-0')]: '0+10x40' }, 40),
        silent('there is nothing to read', { [waiting('nats-0')]: '0x40', [done('nats-0')]: '100x40' }, 40),
        silent(
          'another server leads it now',
          {
            [waiting('nats-0')]: '5x10 stale',
            [done('nats-0')]: '0+10x10 stale',
            [waiting('nats-1')]: '_x11 5x40',
            [done('nats-1')]: '_x11 100+10x40',
          },
          40,
        ),
      ],
    },
  });
}
