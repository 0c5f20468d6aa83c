import { TerraformStack, Testing } from 'cdktf';
import { builderName, type NativeProgram } from '../../../constructs/chain-node';
import { processesOf } from '../../../constructs/chain-node/catalogue';
import { nativePrograms } from '../../../constructs/chain-node/programs';
import { ProgramBuilder } from '../../../constructs/program-builder';
import { ReleaseStore } from '../../../constructs/release-store';
import { type Json, resources } from '../../project';
import { solana } from '../chain-node/definitions';

const processes = processesOf({ chain: solana, network: 'mainnet', client: 'agave' }, 100_000);
const [agave] = nativePrograms(processes, 'x86_64') as readonly [NativeProgram];

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
  expect(name).toMatch(/^[A-Za-z0-9][\w-]{1,254}$/);
  expect(environment).toMatchObject({
    type: 'LINUX_CONTAINER',
    image: 'public.ecr.aws/ubuntu/ubuntu:24.04',
    privileged_mode: false,
    environment_variable: [
      { name: 'REPOSITORY', value: 'https://github.com/anza-xyz/agave' },
      { name: 'COMMIT', value: '1'.repeat(40) },
      { name: 'PACKAGES', value: 'build-essential clang libudev-dev protobuf-compiler' },
      { name: 'COMMANDS', value: './scripts/cargo-install-all.sh --validator-only .' },
      { name: 'OUTPUTS', value: 'bin/agave-validator\nbin/solana-keygen' },
    ],
  });
  const { phases } = JSON.parse(source.buildspec.replaceAll('$${', '${'));
  expect(phases.build.commands[0]).toContain("cat >build.sh <<'BUILD_SCRIPT'\n#!/bin/bash\n");
  expect(artifacts).toMatchObject({ type: 'S3', path: 'programs', name: agave.key, packaging: 'NONE' });
});

test('may put that program into the bucket, and nothing else', () => {
  expect(policy(define()).match(/"s3:PutObject"\], "Resource" = \[[^\]]*\]/g)).toEqual([
    expect.stringContaining(`/programs/${agave.key}/*"]`),
  ]);
  expect(policy(define())).not.toContain('kms:');
});

test('encrypts with the key of the environment where there is one', () => {
  expect(project(define())).toMatchObject({ artifacts: { encryption_disabled: true } });
  const own = define('arn:key');
  expect([project(own).encryption_key, project(own).artifacts.encryption_disabled]).toEqual(['arn:key', undefined]);
  expect(policy(own)).toContain('kms:GenerateDataKey');
});

test('is refused for what is published', () => {
  const source = { kind: 'archive', name: 'x', version: 'v1', files: {} } as const;
  expect(() => define(undefined, { key: 'x', source })).toThrow('x is published, and needs no builder');
});
