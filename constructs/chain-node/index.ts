/** Nodes of chains: the construct, the group that rolls releases through its nodes, and what both need. */
export { BACKUP_SET_TAG, backupRoleName } from './backups';
export { ChainNode, type MetricsTarget } from './chain-node';
export type { Upstream } from './compose';
export { endpointsOf, type NodeEndpoints } from './endpoints';
export { HostFiles, type HostFilesProps } from './host-files';
export { RELEASE } from './layout';
export { MachineImages } from './machine-images';
export { NodeGroup, type NodeGroupProps } from './node-group';
export { builderName, type NativeProgram, type NativeSource } from './programs';
export type { BackupMethod, ChainNodeProps, EbsNodeProps, InstanceStoreNodeProps, NodePlatform } from './props';
export { type Release, type ReleaseContext, renderRelease } from './release';
export { AWS_CLI } from './user-data';
