import type { Path } from '../../environments/document';
import type { Configuration } from '../../environments/load';
import { formatProblems } from '../../environments/problem';
import { ENVIRONMENTS, type EnvironmentName } from '../../environments/schema/sections';
import type { Permissions } from './dangers';

/** What the configuration of an environment says about a plan of it. */
export interface Said {
  readonly permissions: Permissions;
  /** A line each, as synthesis prints them. */
  readonly warnings: readonly string[];
}

/** Undefined for what is no environment, or has no folder. */
export function saidOf({ layers, warnings }: Configuration, name: string): Said | undefined {
  const known = ENVIRONMENTS.find((one) => one === name);
  const own = known && layers.get(known);
  if (!own) return undefined;
  const listed = (key: string): ReadonlyMap<string, string> => {
    const list = own.value[key];
    const place = (path: Path): string => {
      const { file, line } = own.position(path);
      return `${file}:${line}`;
    };
    return new Map(Array.isArray(list) ? list.map((one, index) => [String(one), place([key, index])]) : []);
  };
  const foreign = ENVIRONMENTS.filter((one: EnvironmentName) => one !== known);
  // What stands in a file that all read is told everywhere.
  const concerns = warnings.filter(({ position }) => !foreign.some((one) => position.file.includes(`/${one}/`)));
  return { permissions: { retire: listed('retire'), allow: listed('allow') }, warnings: formatProblems(concerns) };
}
