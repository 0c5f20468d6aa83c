import type { TerraformStack } from 'cdktf';
import { AlarmTopic } from '../constructs/alarm-topic';
import { HostFiles, MachineImages, type NodePlatform } from '../constructs/chain-node';
import type { Network } from '../constructs/network';
import { ReleaseStore } from '../constructs/release-store';
import type { Environment } from '../environments/environment';
import { hostWatch } from './monitoring';

/** What the nodes on instances of an environment stand on: their releases, the images of hosts, and who hears of alarms. */
export function instancePlatform(
  stack: TerraformStack,
  environment: Environment,
  network: Network,
  key: { readonly kmsKeyArn?: string },
): NodePlatform & { readonly alarmTopicArn: string } {
  const { name, region, protect, alarms, logging: journal } = environment;
  const watch = hostWatch(environment, network);
  const releases = new ReleaseStore(stack, 'releases', { bucketPrefix: `${name}-node-releases-`, ...key });
  const { topicArn: alarmTopicArn } = new AlarmTopic(stack, 'alarms', {
    name: `${name}-chain-alarms`,
    emails: alarms.emails,
  });
  return {
    environment: name,
    region,
    network,
    releases,
    hostFiles: new HostFiles(stack, 'host-files', { releases }),
    images: new MachineImages(stack, 'images'),
    alarmTopicArn,
    diskUsedPercent: alarms.diskUsedPercent,
    protect,
    journal,
    ...(watch === undefined ? {} : { watch }),
    ...key,
  };
}
