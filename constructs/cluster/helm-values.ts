import { stringify } from 'yaml';
import { literalData } from '../terraform';

/**
 * Values as Helm reads them, and as people read them in a plan. Texts of one line are quoted, because Terraform may put into them what
 * YAML would take for a number, and Helm takes `no` for false; those of several lines are blocks.
 *
 * What values are made of is written here, and the rest by the library, which takes ten times as long: a tenth of a synthesis.
 */
export const helmValues = (values: object): string => `${written(literalData(values), '').replace(/^\n/, '')}\n`;

/** Behind a key or a dash: on its line, or, where it holds something, on those after it, which begin with `indent`. */
function written(value: unknown, indent: string): string {
  if (typeof value === 'string') return text(value, indent);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((one) => `\n${indent}-${inItem(one, `${indent}  `)}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    if (entries.length === 0) return ' {}';
    return entries.map(([name, one]) => `\n${indent}${key(name)}:${written(one, below(one, indent))}`).join('');
  }
  return ` ${plain(value)}`;
}

/** What a map or a list holds is two further in. */
const below = (value: unknown, indent: string): string =>
  typeof value === 'string' || (typeof value === 'object' && value !== null) ? `${indent}  ` : indent;

/** The first line of what an item holds stands behind its dash. */
const inItem = (value: unknown, indent: string): string => {
  const lines = written(value, indent);
  return typeof value === 'object' && lines.startsWith('\n') ? ` ${lines.slice(1 + indent.length)}` : lines;
};

/** Of one line, quoted; of several, as a block, unless it would not come back the same. */
function text(value: string, indent: string): string {
  const isBlock =
    value.includes('\n') && !/^[ \t\n]|[ \t]\n|[ \t]$|[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(value);
  if (!isBlock) return ` ${JSON.stringify(value)}`;
  const keep = value.endsWith('\n\n') ? '+' : value.endsWith('\n') ? '' : '-';
  const lines = value.replace(/\n$/, '').split('\n');
  return ` |${keep}\n${lines.map((line) => (line === '' ? '' : `${indent}${line}`)).join('\n')}`;
}

/** A word that YAML takes for nothing else. */
const WORD = /^(?!(?:null|true|false|yes|no|on|off|y|n)$)[A-Za-z_/][A-Za-z0-9_./-]*$/i;

const key = (name: string): string => (WORD.test(name) ? name : JSON.stringify(name));

const plain = (value: unknown): string => stringify(value).trimEnd();
