import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import type { ReleaseStore } from '../release-store';

const FOLDER = join(__dirname, 'host');

/**
 * Scripts and units of every host, by their path in a release, sorted. What fetches the first release is not among them.
 * Read once.
 */
export const HOST_FILES: readonly (readonly [path: string, text: string])[] = readdirSync(FOLDER)
  .filter((file) => file !== 'user-data.sh')
  .sort()
  .map((file) => [`host/${file}`, readFileSync(join(FOLDER, file), 'utf8')]);

export interface HostFilesProps {
  readonly releases: ReleaseStore;
}

/**
 * The files of {@link HOST_FILES} in the bucket, once for all nodes of an environment: a plan shows a changed script once, and the
 * changed manifest of every node that takes it.
 */
export class HostFiles extends Construct {
  readonly objects: readonly S3Object[];

  constructor(scope: Construct, id: string, { releases }: HostFilesProps) {
    super(scope, id);
    this.objects = HOST_FILES.map(([path, text]) => releases.upload(this, path.replaceAll('/', '-'), path, text));
  }
}
