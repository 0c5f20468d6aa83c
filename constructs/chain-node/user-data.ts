import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literal } from '../terraform';

/** What tells an instance which node it is. User data knows nothing else: clients, versions and flags come with releases. */
export interface UserDataProps {
  readonly node: string;
  readonly region: string;
  readonly bucket: string;
  readonly storage: 'ebs' | 'instance-store';
  /** Empty with instance store. */
  readonly volumeId: string;
}

/**
 * AWS publishes signatures of its command line, no checksums. These stand in zulip/zulip, puppet/kandra/files/install-aws-cli,
 * for both architectures, and are checked there on every host (2025-02).
 */
export const AWS_CLI = {
  version: '2.23.6',
  sha256: {
    x86_64: '8d26ffa2e9427804a9f8928c692ee83e1c88456e0519a69e63bc992caf2b2339',
    arm64: '9c2b05dfc370cc99ec47ad374be52b828cd77d14702b2edae071d73224aacd6e',
  },
} as const;

const BODY = literal(readFileSync(join(__dirname, 'host', 'user-data.sh'), 'utf8').replace(/^#!.*\n/, ''));

/** The script that an instance runs when it boots for the first time. */
export function renderUserData({ node, region, bucket, storage, volumeId }: UserDataProps): string {
  const assignments = {
    NODE_ID: node,
    REGION: region,
    RELEASE_BUCKET: bucket,
    STORAGE: storage,
    VOLUME_ID: volumeId,
    AWS_CLI_VERSION: AWS_CLI.version,
    AWS_CLI_SHA256_x86_64: AWS_CLI.sha256.x86_64,
    AWS_CLI_SHA256_aarch64: AWS_CLI.sha256.arm64,
  };
  const lines = Object.entries(assignments).map(([name, value]) => `${name}='${value}'`);
  return ['#!/bin/bash', ...lines, BODY].join('\n');
}
