import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { AWS_CLI, builderName, type NativeProgram } from '../chain-node';
import type { Architecture } from '../chain-node/catalogue';
import type { ReleaseStore } from '../release-store';
import { literal, literals } from '../terraform';

const SCRIPT = readFileSync(join(__dirname, 'build.sh'), 'utf8');

export interface ProgramBuilderProps {
  /** Name of the environment; part of names that are unique in an account. */
  readonly environment: string;
  readonly program: NativeProgram;
  /** Processor that the program is for; it is built on the same. */
  readonly architecture: Architecture;
  /** Whose bucket the program is put into. */
  readonly releases: ReleaseStore;
}

/** The hosts' own distribution, so that what is built runs there; from the registry that AWS mirrors it in. */
const IMAGE = 'public.ecr.aws/ubuntu/ubuntu:24.04';
/** Large enough for programs of a million lines (AWS, CodeBuild user guide, build environment compute modes and types). */
const COMPUTE_TYPE = 'BUILD_GENERAL1_XLARGE';
const TIMEOUT_MINUTES = 180;
const LOG_DAYS = 90;
/** IAM and STS quotas, 2026. */
const LONGEST_ROLE_NAME = 64;

/**
 * Builds a program that nobody publishes, when it is told to: a project that checks out the pinned commit, runs the commands of the
 * program's definition, and puts the archive and its checksum into the environment's bucket, where hosts look for it. Nothing
 * is built by an apply, and what is there is never built again. Throws for a program that is published, and for one whose name is
 * too long for a role.
 */
export class ProgramBuilder extends Construct {
  constructor(scope: Construct, id: string, { environment, program, architecture, releases }: ProgramBuilderProps) {
    super(scope, id);
    const { key, source } = program;
    if (source.kind !== 'build') throw new Error(`${key} is published, and needs no builder`);
    const name = builderName(environment, program);
    if (name.length > LONGEST_ROLE_NAME) {
      throw new Error(
        `the builder of ${key} would be called ${name}, and a role's name has ${LONGEST_ROLE_NAME} characters at most; shorten the name or version of its source`,
      );
    }
    const prefix = `programs/${key}`;
    const account = new DataAwsCallerIdentity(this, 'account', {}).accountId;
    const logs = new CloudwatchLogGroup(this, 'logs', { name: `/builds/${name}`, retentionInDays: LOG_DAYS });
    const role = new IamRole(this, 'role', {
      name,
      description: `Builds ${key}`,
      assumeRolePolicy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'codebuild.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          },
        ],
      }),
    });
    const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]): object => ({
      Sid,
      Effect: 'Allow',
      Action,
      Resource,
    });
    new IamRolePolicy(this, 'policy', {
      name: 'build',
      role: role.name,
      policy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${logs.arn}:*`]),
          allow('Program', ['s3:PutObject', 's3:AbortMultipartUpload'], [`${releases.bucketArn}/${prefix}/*`]),
          {
            ...allow('WhetherItIsThere', ['s3:ListBucket'], [releases.bucketArn]),
            Condition: { StringLike: { 's3:prefix': `${prefix}/*` } },
          },
          ...(releases.kmsKeyArn
            ? [allow('BucketKey', ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], [releases.kmsKeyArn])]
            : []),
        ],
      }),
    });
    new CodebuildProject(this, 'Default', {
      name,
      description: `Builds ${source.name} ${source.version} for ${architecture} from ${source.commit}`,
      serviceRole: role.arn,
      buildTimeout: TIMEOUT_MINUTES,
      // Two at once could each replace the other's archive before the first has its checksum.
      concurrentBuildLimit: 1,
      environment: {
        type: architecture === 'arm64' ? 'ARM_CONTAINER' : 'LINUX_CONTAINER',
        computeType: COMPUTE_TYPE,
        image: IMAGE,
        imagePullCredentialsType: 'SERVICE_ROLE',
        privilegedMode: false,
        environmentVariable: Object.entries(
          literals({
            REPOSITORY: source.repository,
            COMMIT: source.commit,
            PACKAGES: source.packages.join(' '),
            COMMANDS: source.commands.join('\n'),
            OUTPUTS: source.outputs.join('\n'),
            PREFIX: prefix,
            AWS_CLI_VERSION: AWS_CLI.version,
            AWS_CLI_SHA256: AWS_CLI.sha256[architecture],
          }),
        )
          .map(([variable, value]) => ({ name: variable, value }))
          .concat({ name: 'BUCKET', value: releases.bucketName }),
      },
      source: { type: 'NO_SOURCE', buildspec: literal(JSON.stringify(BUILDSPEC, null, 2)) },
      artifacts: { type: 'NO_ARTIFACTS' },
      logsConfig: { cloudwatchLogs: { status: 'ENABLED', groupName: logs.name } },
    });
  }
}

/** The script as one command, in the shell that it is for. */
const BUILDSPEC = {
  version: 0.2,
  env: { shell: 'bash' },
  phases: { build: { commands: [`cat >build.sh <<'BUILD_SCRIPT'\n${SCRIPT}BUILD_SCRIPT\nbash build.sh`] } },
};
