import type { Architecture, Process, Source } from './catalogue';

/** Native programs: where they come from, and where they lie on a host. */

/** A program that is not an image. */
export type NativeSource = Exclude<Source, { readonly kind: 'image' }>;

export interface NativeProgram {
  /** Says exactly which program it is; the name of its folder on a host and of its archive in the bucket. */
  readonly key: string;
  readonly source: NativeSource;
}

export const isNative = ({ source }: Process): boolean => source.kind !== 'image';

/** `agave-v4.4.2-111111111111-x86_64`: what it is, which version, of which content, for which processor. */
export function programKey(source: NativeSource, architecture: Architecture): string {
  const content = source.kind === 'build' ? source.commit : archiveOf(source, architecture).sha256;
  return [source.name, source.version, content.slice(0, 12), architecture].join('-').replaceAll(/[^\w.-]/g, '_');
}

/** The archive for a processor. Throws when nobody publishes one. */
export function archiveOf(
  source: Extract<NativeSource, { readonly kind: 'archive' }>,
  architecture: Architecture,
): { readonly url: string; readonly sha256: string } {
  const found = source.files[architecture];
  if (found) return found;
  const known = Object.keys(source.files).join(', ');
  throw new Error(`${source.name} ${source.version} is not published for ${architecture}, only for ${known}`);
}

/** The native programs of a node, each once. */
export function nativePrograms(processes: readonly Process[], architecture: Architecture): readonly NativeProgram[] {
  const found = new Map<string, NativeProgram>();
  for (const { source } of processes) {
    if (source.kind === 'image') continue;
    const key = programKey(source, architecture);
    found.set(key, { key, source });
  }
  return [...found.values()];
}

/** The project that builds a program for an environment, and the command that starts it. */
export const builderName = (environment: string, { key }: NativeProgram): string =>
  `${environment}-${key}`.replaceAll(/[^\w-]/g, '-');

/**
 * The file `programs` of a release: a line for each, with what the host needs to fetch it. Throws when an archive is not
 * published for the processor.
 */
export const renderPrograms = (
  programs: readonly NativeProgram[],
  architecture: Architecture,
  environment: string,
  region: string,
): string =>
  programs
    .map((program) => {
      const { key, source } = program;
      if (source.kind === 'build') {
        return `${key} build aws codebuild start-build --region ${region} --project-name ${builderName(environment, program)}\n`;
      }
      const { url, sha256 } = archiveOf(source, architecture);
      return `${key} archive ${source.name} ${sha256} ${source.strip ?? 0} ${url}\n`;
    })
    .join('');
