import { REREAD_SECONDS } from '../../constructs/mev-engine/contract';
import type { Engine } from './engine';

/** What `/livez` and `/readyz` answer. */

export interface Answer {
  readonly status: 200 | 503;
  readonly text: string;
}

const ANSWER_SECONDS = 60;

/** Whether it works at all: it reads its files, as nothing but a process that hangs keeps it from that. */
export const livez = ({ readAt }: Engine, now: number): Answer =>
  answer(now - readAt > REREAD_SECONDS ? [`has not read its files for ${Math.round(now - readAt)} seconds`] : []);

/** Whether every file is understood and every network answers. A stop or a limit does not make it less ready. */
export function readyz({ trouble, networks }: Engine, now: number): Answer {
  const reasons = [...networks].flatMap(([key, { foreign, answeredAt, trouble: why = 'not asked yet' }]) => {
    if (foreign !== undefined) return [`${key}: follows another network: it answers with the chain id ${foreign}`];
    return now - answeredAt > ANSWER_SECONDS ? [`${key}: has not answered within a minute: ${why}`] : [];
  });
  return answer([...(trouble === undefined ? [] : [trouble]), ...reasons]);
}

const answer = (reasons: readonly string[]): Answer =>
  reasons.length === 0 ? { status: 200, text: 'ok\n' } : { status: 503, text: `${reasons.join('\n')}\n` };
