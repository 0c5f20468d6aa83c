import { DataAwsEbsSnapshotIds } from '@cdktf/provider-aws/lib/data-aws-ebs-snapshot-ids';
import type { EbsVolumeConfig } from '@cdktf/provider-aws/lib/ebs-volume';
import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { address } from '../terraform';
import { BACKUP_SET_TAG } from './backups';
import type { Bootstrap } from './catalogue';

/**
 * What a new disk is made from, as arguments of its volume. Each plan looks for the newest backup again; only the one that makes
 * the disk uses it, because the volume ignores changes of these arguments.
 */
export function diskSource(
  scope: Construct,
  bootstrap: Bootstrap | undefined,
  tags: Readonly<Record<string, string>>,
): Pick<EbsVolumeConfig, 'snapshotId' | 'volumeInitializationRate'> {
  if (bootstrap?.from !== 'snapshot' && bootstrap?.from !== 'latest-backup') return {};
  const rate = bootstrap.initializationRateMiBps;
  if (bootstrap.from === 'snapshot') {
    return { snapshotId: bootstrap.snapshotId, ...(rate === undefined ? {} : { volumeInitializationRate: rate }) };
  }
  // The plural, because the singular fails where there is none, as before the first backup. The newest is the first.
  const backups = new DataAwsEbsSnapshotIds(scope, 'backups', {
    owners: ['self'],
    filter: [
      { name: 'status', values: ['completed'] },
      { name: 'tag-key', values: [BACKUP_SET_TAG] },
      ...Object.entries(tags).map(([tag, value]) => ({ name: `tag:${tag}`, values: [value] })),
    ],
  });
  const ids = `data.${address(backups)}.ids`;
  const whenThereIsOne = (value: string | number): string => `\${length(${ids}) > 0 ? ${value} : null}`;
  return {
    snapshotId: whenThereIsOne(`${ids}[0]`),
    ...(rate === undefined ? {} : { volumeInitializationRate: Token.asNumber(whenThereIsOne(rate)) }),
  };
}
