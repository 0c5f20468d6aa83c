import type { Path, Position } from './document';
import { formatPath } from './document';

/** Something an operator should know about a file: an error stops everything, a warning changes nothing. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly position: Position;
  readonly path: Path;
  readonly message: string;
}

/** One line: `file:line:column path: message`. */
export function formatProblem({ severity, position, path, message }: Problem): string {
  const where = `${position.file}:${position.line}:${position.column}`;
  const what = path.length > 0 ? `${formatPath(path)}: ` : '';
  return `${where} ${severity === 'warning' ? 'warning: ' : ''}${what}${message}`;
}

/** Sorted by file and position; what several environments find at the same place is said once. */
export function formatProblems(problems: readonly Problem[]): string[] {
  const byPlace = [...problems].sort(
    (a, b) =>
      compare(a.position.file, b.position.file) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column ||
      compare(a.message, b.message),
  );
  return [...new Set(byPlace.map(formatProblem))];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Thrown once, with every error of every environment. Its message is the list, a line each. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(formatProblems(problems).join('\n'));
    this.name = 'ConfigurationError';
  }
}
