/** Nodes of chains: the construct, the group that rolls releases through its nodes, and what both need. */
export { BACKUP_SET_TAG, backupRoleName } from './backups';
export { ChainNode } from './chain-node';
export type { Upstream } from './compose';
export { DiskClasses, type DiskClassesProps } from './disk-classes';
export { endpointsOf, type MetricsTarget, type NodeAddresses, type NodeEndpoints } from './endpoints';
export { HostFiles, type HostFilesProps } from './host-files';
export type { InstanceNode } from './instance-node';
export { HOST_PORT_NAMESPACE, type KubernetesNode, NODE_NAMESPACE } from './kubernetes-node';
export { ENGINE_METRICS_PORT, HOST_METRICS_PORT, RELEASE, USER_ID } from './layout';
export { MachineImages } from './machine-images';
export { NodeGroup, type NodeGroupProps } from './node-group';
export { namedSecrets } from './node-role';
export {
  type ChartValues,
  type Exposure,
  type Pod,
  type PodContext,
  type PodResources,
  renderPod,
  TOOLS_IMAGE,
} from './pod';
export { builderName, type NativeProgram, type NativeSource } from './programs';
export type {
  BackupMethod,
  ChainNodeProps,
  ClusterPlatform,
  EbsNodeProps,
  InstanceNodeProps,
  InstanceStoreNodeProps,
  KubernetesNodeProps,
  NodePlatform,
  SecretStore,
} from './props';
export { type HostedNode, type HostWatch, type Release, type ReleaseContext, renderRelease } from './release';
export { AWS_CLI } from './user-data';
export type { WatchedNode } from './watched';
