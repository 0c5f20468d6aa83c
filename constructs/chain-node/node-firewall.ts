import { Ec2ManagedPrefixList } from '@cdktf/provider-aws/lib/ec2-managed-prefix-list';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import type { Network } from '../network';
import type { Audience, Port, Process } from './catalogue';
import { HEALTH_PORT, HOST_METRICS_PORT } from './layout';

export interface NodeFirewallProps {
  readonly name: string;
  readonly node: string;
  readonly network: Network;
  readonly processes: readonly Process[];
  /** Whether ports for the internet are opened to it. */
  readonly p2p: 'public' | 'outbound';
  /** Whether monitoring asks the host itself. */
  readonly hostMetrics: boolean;
}

const ANYWHERE = '0.0.0.0/0';

/** One rule a port, by the port's audience; certain addresses are one list. What only siblings use has no rule. */
export class NodeFirewall extends Construct {
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { name, node, network, processes, p2p, hostMetrics }: NodeFirewallProps) {
    super(scope, id);
    this.securityGroup = new SecurityGroup(this, 'Default', {
      name,
      description: `Chain node ${node}`,
      vpcId: network.vpcId,
      tags: { Name: name },
    });
    const securityGroupId = this.securityGroup.id;
    const sources: Readonly<Record<Audience, string | undefined>> = {
      internet: p2p === 'public' ? ANYWHERE : undefined,
      clients: network.vpcCidr,
      monitoring: network.vpcCidr,
      siblings: undefined,
    };
    for (const process of processes) {
      for (const port of process.ports) {
        const cidrIpv4 = sources[port.audience];
        if (cidrIpv4 === undefined) continue;
        const [fromPort, toPort] = range(port);
        const id = `${process.name}-${port.name}`;
        new VpcSecurityGroupIngressRule(this, id, {
          securityGroupId,
          description: `${process.name} ${port.name} for ${port.audience}`,
          ...(port.from ? { prefixListId: this.listOf(`${name}-${id}`, `${id}-from`, port.from) } : { cidrIpv4 }),
          ipProtocol: port.protocol,
          fromPort,
          toPort,
        });
      }
    }
    const ownPorts = [
      ['health', 'health for clients', HEALTH_PORT],
      ...(hostMetrics ? [['host-metrics', 'the host for monitoring', HOST_METRICS_PORT] as const] : []),
    ] as const;
    for (const [ruleId, description, port] of ownPorts) {
      new VpcSecurityGroupIngressRule(this, ruleId, {
        securityGroupId,
        description,
        cidrIpv4: network.vpcCidr,
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
      });
    }
    new VpcSecurityGroupEgressRule(this, 'out', {
      securityGroupId,
      description: 'peers listen on any port',
      cidrIpv4: ANYWHERE,
      ipProtocol: '-1',
    });
  }

  /** Of a security group's 60 rules a list takes as many as it may hold (AWS, VPC quotas), so it may hold what is in it. */
  private listOf(name: string, id: string, from: readonly string[]): string {
    return new Ec2ManagedPrefixList(this, id, {
      name,
      addressFamily: 'IPv4',
      maxEntries: from.length,
      entry: from.map((cidr) => ({ cidr })),
    }).id;
  }
}

const range = ({ number }: Port): readonly [number, number] =>
  typeof number === 'number' ? [number, number] : [number.from, number.to];
