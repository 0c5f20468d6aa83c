import { TerraformStack, Testing } from 'cdktf';
import { builderName, type NativeProgram } from '../../../constructs/chain-node';
import { processesOf, solana } from '../../../constructs/chain-node/catalogue';
import { nativePrograms } from '../../../constructs/chain-node/programs';
import { ProgramBuilder } from '../../../constructs/program-builder';
import { ReleaseStore } from '../../../constructs/release-store';
import { type Json, resources } from '../../project';

const COMMIT = '1'.repeat(40);
const processes = processesOf(
  { chain: solana, network: 'mainnet', client: 'agave', versions: { agave: `v4.4.2@${COMMIT}` } },
  100_000,
);
const [agave] = nativePrograms(processes, 'x86_64') as readonly [NativeProgram];
const { packages, commands, outputs } = agave.source as Extract<NativeProgram['source'], { readonly kind: 'build' }>;

function define(kmsKeyArn?: string, program = agave): Readonly<Record<string, Json>> {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const releases = new ReleaseStore(stack, 'releases', { bucketPrefix: 'r-', ...(kmsKeyArn ? { kmsKeyArn } : {}) });
  new ProgramBuilder(stack, 'build', { environment: 'test', program, architecture: 'x86_64', releases });
  return resources(JSON.parse(Testing.synth(stack)));
}
const project = (all: Readonly<Record<string, Json>>): Json => all['aws_codebuild_project.build'];
const policy = (all: Readonly<Record<string, Json>>): string =>
  Object.entries(all).find(([address]) => address.startsWith('aws_iam_role_policy.build'))?.[1].policy;

test('builds the pinned commit with the commands of its definition, on what hosts run, without privileges', () => {
  const { name, environment, source, artifacts } = project(define());
  expect(name).toBe(builderName('test', agave));
  expect(commands.length).toBeGreaterThan(1);
  expect(name).toMatch(/^[A-Za-z0-9][\w-]{1,254}$/);
  expect(environment).toMatchObject({
    type: 'LINUX_CONTAINER',
    image: 'public.ecr.aws/ubuntu/ubuntu:24.04',
    privileged_mode: false,
    environment_variable: expect.arrayContaining([
      { name: 'REPOSITORY', value: 'https://github.com/anza-xyz/agave' },
      { name: 'COMMIT', value: COMMIT },
      { name: 'PACKAGES', value: packages.join(' ') },
      { name: 'COMMANDS', value: commands.join('\n') },
      { name: 'OUTPUTS', value: outputs.join('\n') },
      { name: 'PREFIX', value: `programs/${agave.key}` },
      { name: 'AWS_CLI_VERSION', value: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      { name: 'AWS_CLI_SHA256', value: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]),
  });
  const { phases } = JSON.parse(source.buildspec.replaceAll('$${', '${'));
  expect(phases.build.commands[0]).toContain("cat >build.sh <<'BUILD_SCRIPT'\n#!/bin/bash\n");
  expect(artifacts).toEqual({ type: 'NO_ARTIFACTS' });
});

test('may put that program into the bucket and see whether it is there, and nothing else', () => {
  const text = policy(define());
  expect(text.match(/"s3:[A-Z][A-Za-z]+"/g)).toEqual([
    '"s3:PutObject"',
    '"s3:AbortMultipartUpload"',
    '"s3:ListBucket"',
  ]);
  expect(text.match(/\/programs\/[^"]*"/g)).toEqual([`/programs/${agave.key}/*"`]);
  expect(text).toContain(`"s3:prefix" = "programs/${agave.key}/*"`);
  expect(text).not.toContain('kms:');
});

test('may use the key of the environment where there is one', () => {
  expect(policy(define('arn:key'))).toContain('kms:GenerateDataKey');
});

test('is built by one at a time', () => {
  expect(project(define())).toMatchObject({ concurrent_build_limit: 1 });
});

test('is refused with a name that no role may have', () => {
  const program = { ...agave, key: `${'long-'.repeat(12)}x86_64` };
  expect(() => define(undefined, program)).toThrow("a role's name has 64 characters at most");
});

test('is refused for what is published', () => {
  const source = { kind: 'archive', name: 'x', version: 'v1', files: {} } as const;
  expect(() => define(undefined, { key: 'x', source })).toThrow('x is published, and needs no builder');
});
