import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { ExecutionMessage } from '../../constructs/mev-engine/contract';
import { type Files, reasonOf } from './files';

/**
 * Publishes executions that have ended, one by one and in their order. Nothing waits for it: while streams cannot be reached the engine
 * trades on, and what it did waits here.
 */

/** An execution that nobody has taken yet. */
export interface Waiting {
  /** By it a stream knows again what it took before: what was not answered is sent once more. */
  readonly id: string;
  readonly message: ExecutionMessage;
}

export interface Publisher {
  connection: NatsConnection | undefined;
  /** Why nothing can be published at present. */
  trouble: string | undefined;
}

/** How many may wait; the oldest is given up for the newest. */
const MOST_WAITING = 10_000;
const ANSWER_MILLISECONDS = 2000;

export function enqueue(outbox: Waiting[], waiting: Waiting): void {
  outbox.push(waiting);
  if (outbox.length > MOST_WAITING) outbox.shift();
}

/** Publishes what waits, as far as it can be; the rest waits on. */
export async function publishAll(
  publisher: Publisher,
  streams: NonNullable<Files['streams']>,
  outbox: Waiting[],
): Promise<void> {
  try {
    const connection = await connected(publisher, streams);
    for (let next = outbox[0]; next; next = outbox[0]) {
      await publish(connection, `${streams.executions}.${next.message.strategy}`, next);
      // It is not the first any more where it was given up meanwhile.
      if (outbox[0] === next) outbox.shift();
    }
    publisher.trouble = undefined;
  } catch (error) {
    publisher.trouble = reasonOf(error);
  }
}

async function connected(publisher: Publisher, streams: NonNullable<Files['streams']>): Promise<NatsConnection> {
  if (publisher.connection?.isClosed() === false) return publisher.connection;
  const { url, user, password } = streams;
  publisher.connection = await connect({
    servers: url,
    user,
    pass: password,
    // Whoever publishes tries again, with the password of that time.
    reconnect: false,
    timeout: ANSWER_MILLISECONDS,
  });
  return publisher.connection;
}

/** Answers once the stream has it. */
async function publish(connection: NatsConnection, subject: string, { id, message }: Waiting): Promise<void> {
  const header = headers();
  header.set('Nats-Msg-Id', id);
  const answer = await connection.request(subject, JSON.stringify(message), {
    headers: header,
    timeout: ANSWER_MILLISECONDS,
  });
  const { error } = answer.json<{ readonly error?: { readonly description?: string } }>();
  if (error) throw new Error(`${subject}: ${error.description ?? 'refused'}`);
}
