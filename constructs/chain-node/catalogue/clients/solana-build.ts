import type { Source } from '../model';

/**
 * Solana's validators are built here: Anza publishes none since 3.0 (release notes of agave v3.0.1), and Jito never did. Packages:
 * README.md of both. rustup is Ubuntu's own; `./cargo` uses the toolchain that rust-toolchain.toml names, and does not install it.
 * The submodules of jito-solana come with its commit.
 */
const PACKAGES = [
  'build-essential',
  'clang',
  'cmake',
  'libclang-dev',
  'libprotobuf-dev',
  'libssl-dev',
  'libudev-dev',
  'llvm',
  'pkg-config',
  'protobuf-compiler',
  'rustup',
  'zlib1g-dev',
] as const;

/**
 * Where they are. Of the whole workspace cargo would build them with the features of every member, and bam-local-cluster of
 * jito-solana turns on those that are for tests alone (dev-context-only-utils), with which their makers' script refuses to
 * release: scripts/cargo-install-all.sh and agave-build-lists.sh.
 */
const CRATES = ['agave-validator', 'solana-keygen'] as const;

const PROGRAMS = ['agave-validator', 'solana-keygen', 'solana-test-validator'] as const;

const each = (option: string, names: readonly string[]): string => names.map((name) => `${option} ${name}`).join(' ');

/** What a client of Solana is built from. */
export interface SolanaRepository {
  readonly name: string;
  readonly repository: string;
  /** The commit of each release that is pinned, by tag. */
  readonly commits: Readonly<Record<string, string>>;
}

/**
 * The program of a version: a tag whose commit is pinned, or `<tag>@<commit>`. A release is needed about once a month, whenever
 * feature gates are activated that older ones do not know, and that must not wait for this catalogue.
 */
export function solanaBuild({ name, repository, commits }: SolanaRepository, version: string): Source {
  const [, tag = version, given] = /^(.+)@([0-9a-f]{40})$/.exec(version) ?? [];
  const commit = given ?? (Object.hasOwn(commits, tag) ? commits[tag] : undefined);
  if (commit === undefined) {
    throw new Error(
      `no commit of ${name} ${version} is pinned; use ${Object.keys(commits).join(' or ')}, or give <tag>@<commit> with all 40 digits`,
    );
  }
  return {
    kind: 'build',
    name,
    version: tag,
    repository,
    commit,
    packages: PACKAGES,
    commands: [
      `rustup toolchain install --profile minimal "$(sed -n 's/^channel = "\\(.*\\)"$/\\1/p' rust-toolchain.toml)"`,
      `./cargo build --release --locked ${each('--package', CRATES)} ${each('--bin', PROGRAMS)}`,
    ],
    outputs: PROGRAMS.map((program) => `target/release/${program}`),
  };
}
