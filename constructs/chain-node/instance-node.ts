import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { EbsVolume } from '@cdktf/provider-aws/lib/ebs-volume';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import type { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VolumeAttachment } from '@cdktf/provider-aws/lib/volume-attachment';
import { Construct } from 'constructs';
import { type Architecture, besideNode, instanceType, type Process, sizingOf, type VolumeSizing } from './catalogue';
import { secretsOf } from './compose';
import { diskSource } from './disk-source';
import { addressesOf, type NodeAddresses } from './endpoints';
import { chainTree, dataDirectory } from './layout';
import { NodeAlarms } from './node-alarms';
import { NodeFirewall } from './node-firewall';
import { NodeRole } from './node-role';
import type { NativeProgram } from './programs';
import type { InstanceNodeProps } from './props';
import { longestGraceSeconds, renderRelease } from './release';
import { renderUserData } from './user-data';

/** The tag by which the nodes of a group are found. */
export const GROUP_TAG = 'ReleaseGroup';

const ROOT_DISK_GIB = 50;
/** Leaves weeks to act on a disk of terabytes. */
const DISK_USED_PERCENT = 85;
/** A final snapshot of terabytes takes hours. */
const DELETE_TIMEOUT = '24h';
/** An instance stops when its slowest process has; half an hour for some, and time to spare. */
const STOP_TIMEOUT = '60m';

/**
 * A node on an EC2 instance, its data on a disk of its own.
 *
 * Defines the instance, its role, firewall, DNS name and recovery alarm, the data volume, and the release that configures
 * its processes. Nothing about a client, a version or a flag reaches the instance itself: it travels in the release, which
 * a {@link NodeGroup} rolls out. Throws when the chain does not know the network or a client, or has no hardware for them
 * and none is given.
 */
export class InstanceNode extends Construct {
  readonly addresses: NodeAddresses;
  readonly processes: readonly Process[];
  readonly privateDnsName: string;
  readonly securityGroup: SecurityGroup;
  /** The data volume; undefined with instance store. */
  readonly dataVolume: EbsVolume | undefined;
  readonly instanceId: string;
  /** Nodes of a group take a release one after the other. */
  readonly group: string;
  /** Name of the document that takes its backups; undefined when none may be taken. */
  readonly backupDocument: string | undefined;
  /** Programs of its processes that are no images. */
  readonly programs: readonly NativeProgram[];
  /** Processor of its instance. */
  readonly architecture: Architecture;
  /** What its disk and its backups are of: chain, network, client and node type. */
  readonly chainTags: Readonly<Record<string, string>>;
  /** Seconds that the slowest of its processes may take to stop. */
  readonly stopGraceSeconds: number;
  /** It changes whenever anything of its release does. */
  readonly releaseHash: string;
  /** Name of the role of everything on its instance. */
  readonly roleName: string;
  /** Where on the host an engine beside it finds its socket and its data; undefined where its client has no socket, or none was asked for. */
  readonly beside: { readonly ipc: string; readonly data: string } | undefined;
  /** Everything that must be there before a release can be rolled out. */
  readonly ready: readonly (S3Object | VolumeAttachment | Instance)[];

  /** `nodeId` is the node's id; the construct has none of its own, so that all of it is the node's. */
  constructor(
    scope: Construct,
    readonly nodeId: string,
    props: InstanceNodeProps,
  ) {
    super(scope, 'Default');
    const id = nodeId;
    const { platform, zone } = props;
    const name = `${platform.environment}-${id}`;
    const p2p = props.p2p ?? 'outbound';
    const tier = props.tier ?? (p2p === 'public' ? 'public' : 'private');
    const hardware = hardwareOf(id, props);
    this.group = props.group ?? `${props.chain.id}-${props.network}`;
    assertStorage(id, props);
    this.backupDocument = props.backup && `${name}-backup`;
    this.chainTags = chainTags(props);
    const release = renderRelease(props, {
      environment: platform.environment,
      region: platform.region,
      group: this.group,
      node: id,
      architecture: hardware.architecture,
      memoryGiB: hardware.memoryGiB,
      upstreams: props.upstreams ?? {},
      ...(props.secrets ? { secrets: props.secrets } : {}),
      journal: platform.journal,
      ...(platform.watch === undefined ? {} : { watch: platform.watch }),
      ...(props.bootstrap ? { bootstrap: props.bootstrap } : {}),
      ...(props.backup && this.backupDocument
        ? { backup: { document: this.backupDocument, method: props.backup.method } }
        : {}),
      ...(props.egressLimitMbps === undefined ? {} : { egressLimitMbps: props.egressLimitMbps }),
      ...(props.osPatches === undefined ? {} : { osPatches: props.osPatches }),
      ...(props.reservedMemoryMiB === undefined ? {} : { reservedMemoryMiB: props.reservedMemoryMiB }),
    });
    const { processes } = release;
    this.programs = release.programs;
    this.architecture = hardware.architecture;
    const key = platform.kmsKeyArn === undefined ? {} : { kmsKeyId: platform.kmsKeyArn };
    const protect = platform.protect ?? false;
    this.stopGraceSeconds = longestGraceSeconds(processes);

    this.beside = besideOf(props);
    const role = new NodeRole(this, 'role', {
      name,
      node: id,
      group: this.group,
      environment: platform.environment,
      region: platform.region,
      releases: platform.releases,
      fetchesPrograms: release.programs.some(({ source }) => source.kind === 'build'),
      keepsIdentity: props.storage === 'instance-store' && processes.some(({ identity = [] }) => identity.length > 0),
      ...(this.backupDocument === undefined ? {} : { backupDocument: this.backupDocument }),
      secrets: secretsOf(props),
    });
    this.roleName = role.roleName;
    const firewall = new NodeFirewall(this, 'firewall', {
      name,
      node: id,
      network: platform.network,
      processes,
      p2p,
      hostMetrics: platform.watch !== undefined,
    });
    this.securityGroup = firewall.securityGroup;

    if (hardware.volume) {
      const { type, sizeGiB, iops, throughputMiBps } = hardware.volume;
      this.dataVolume = new EbsVolume(this, 'data', {
        // From configuration, never from the instance: or replacing the instance replaces the disk.
        availabilityZone: zone,
        encrypted: true,
        ...key,
        type,
        size: sizeGiB,
        iops,
        ...(throughputMiBps === undefined ? {} : { throughput: throughputMiBps }),
        ...diskSource(this, props.bootstrap, { Environment: platform.environment, ...this.chainTags }),
        finalSnapshot: true,
        timeouts: { delete: DELETE_TIMEOUT },
        tags: { Name: `${name}-data`, Node: id, ...this.chainTags },
        lifecycle: {
          preventDestroy: protect,
          // An alias that points to a new key, a newer backup, or none any more, must not replace a disk.
          ignoreChanges: ['kms_key_id', 'snapshot_id', 'volume_initialization_rate'],
        },
      });
      this.dataVolume.overrideLogicalId(id);
    }

    const instance = new Instance(this, 'Default', {
      ami: props.ami ?? platform.images.imageId(hardware.architecture),
      instanceType: hardware.instanceType,
      subnetId: platform.network.subnetId(zone, tier),
      associatePublicIpAddress: tier === 'public',
      vpcSecurityGroupIds: [this.securityGroup.id],
      iamInstanceProfile: role.profileName,
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      monitoring: true,
      ebsOptimized: true,
      rootBlockDevice: { encrypted: true, ...key, volumeType: 'gp3', volumeSize: ROOT_DISK_GIB },
      userData: renderUserData({
        node: id,
        region: platform.region,
        bucket: platform.releases.bucketName,
        storage: props.storage,
        volumeId: this.dataVolume?.id ?? '',
      }),
      userDataReplaceOnChange: false,
      disableApiTermination: protect,
      disableApiStop: protect && props.storage === 'instance-store',
      // Termination protection is against everyone else: a node that is retired must go in one apply.
      forceDestroy: protect,
      timeouts: { update: STOP_TIMEOUT, delete: STOP_TIMEOUT },
      tags: { Name: name, [GROUP_TAG]: groupTagValue(platform.environment, this.group), ...this.chainTags },
      lifecycle: {
        preventDestroy: protect,
        // A new image, new user data or a re-encrypted root disk is for new instances. A stopped instance has no public
        // address, which Terraform would take for a reason to replace it.
        ignoreChanges: ['ami', 'user_data', 'root_block_device', 'associate_public_ip_address'],
      },
    });
    instance.overrideLogicalId(id);
    this.instanceId = instance.id;

    const attachment = this.dataVolume
      ? [
          new VolumeAttachment(this, 'attachment', {
            deviceName: '/dev/sdf',
            instanceId: instance.id,
            volumeId: this.dataVolume.id,
            // A disk that is pulled from a running database is a damaged database.
            stopInstanceBeforeDetaching: true,
            timeouts: { delete: STOP_TIMEOUT },
          }),
        ]
      : [];

    this.privateDnsName = `${id}.${platform.network.dnsZone.name}`;
    new Route53Record(this, 'dns', {
      zoneId: platform.network.dnsZone.id,
      name: this.privateDnsName,
      type: 'A',
      ttl: 60,
      records: [instance.privateIp],
    });
    if (platform.alarmTopicArn !== undefined)
      new NodeAlarms(this, 'alarms', {
        name,
        topicArn: platform.alarmTopicArn,
        diskUsedPercent: platform.diskUsedPercent ?? DISK_USED_PERCENT,
      });
    if (props.storage === 'ebs' && recoverable(hardware.instanceType)) {
      new CloudwatchMetricAlarm(this, 'recovery', {
        alarmName: `${name}-recovery`,
        alarmDescription: `The host under ${id} failed; the instance is recovered on another, with the same disks and address.`,
        namespace: 'AWS/EC2',
        metricName: 'StatusCheckFailed_System',
        dimensions: { InstanceId: instance.id },
        statistic: 'Maximum',
        period: 60,
        evaluationPeriods: 2,
        threshold: 0,
        comparisonOperator: 'GreaterThanThreshold',
        alarmActions: [`arn:aws:automate:${platform.region}:ec2:recover`],
      });
    }

    const upload = (path: string, text: string, after: readonly S3Object[] = []): S3Object =>
      platform.releases.upload(this, `release-${path.replaceAll('/', '-')}`, `nodes/${id}/${path}`, text, after);
    const files = [...release.ownFiles].map(([path, text]) => upload(path, text));
    // Last, so that a host that looks in between finds files that do not match the old one and leaves all as it is.
    const manifest = upload('manifest', release.manifest, files);
    this.releaseHash = release.hash;
    this.ready = [...platform.hostFiles.objects, manifest, ...attachment, instance];

    this.processes = processes;
    this.addresses = addressesOf(processes, this.privateDnsName);
  }
}

/** Two environments may share an account, and their groups must not. */
export const groupTagValue = (environment: string, group: string): string => `${environment}/${group}`;

const chainTags = ({ chain, network, client, nodeType }: InstanceNodeProps): Record<string, string> => ({
  Chain: chain.id,
  Network: network,
  Client: client,
  NodeType: nodeType ?? 'full',
});

function besideOf(props: InstanceNodeProps): InstanceNode['beside'] {
  const found = props.ipc === true ? besideNode(props) : undefined;
  const place = (directory: string): string =>
    `${chainTree(props.chain.id)}/${dataDirectory(props.network, directory)}`;
  return found && { ipc: place(found.ipc), data: place(found.data) };
}

/** What is made from snapshots, and of what they are taken. */
function assertStorage(id: string, { storage, backup, bootstrap }: InstanceNodeProps): void {
  if (storage === 'ebs') return;
  if (backup) throw new Error(`${id}: instance store has no snapshots; remove backup`);
  if (bootstrap?.from === 'latest-backup' || bootstrap?.from === 'snapshot')
    throw new Error(`${id}: instance store is not made from snapshots; bootstrap it from url or empty`);
}

interface NodeHardware {
  readonly instanceType: string;
  readonly architecture: Architecture;
  readonly memoryGiB: number;
  readonly volume: VolumeSizing | undefined;
}

function hardwareOf(id: string, props: InstanceNodeProps): NodeHardware {
  const sizing = sizingOf(props);
  const type = props.instanceType ?? sizing?.instanceType;
  if (type === undefined)
    throw new Error(`${id}: ${props.chain.id} has no hardware for ${props.network}; give instanceType`);
  const known = instanceType(type);
  const architecture = props.architecture ?? known?.architecture;
  const memoryGiB = props.memoryGiB ?? known?.memoryGiB;
  if (architecture === undefined || memoryGiB === undefined) {
    throw new Error(`${id}: the instance type ${type} is not known; give architecture and memoryGiB`);
  }
  if (props.storage === 'instance-store' && known?.localNvmeGB === 0)
    throw new Error(
      `${id}: ${type} has no local disks; choose a type that has some, such as i8g.4xlarge, or storage ebs`,
    );
  if (props.storage === 'instance-store') return { instanceType: type, architecture, memoryGiB, volume: undefined };
  const volume = props.volume ?? (sizing?.storage === 'ebs' ? sizing.volume : undefined);
  if (!volume) throw new Error(`${id}: ${props.chain.id} has no disk for ${props.network}; give volume`);
  return { instanceType: type, architecture, memoryGiB, volume };
}

/**
 * EC2 recovers instances whose data lies on the network. On types with local disks it does not, or it loses the data
 * (AWS, EC2 user guide, automatic instance recovery, 2026).
 */
const recoverable = (type: string): boolean => (instanceType(type)?.localNvmeGB ?? 0) === 0 && !type.includes('.metal');
