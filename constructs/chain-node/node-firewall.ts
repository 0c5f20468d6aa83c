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

/** One rule a port, by the port's audience. What only siblings use has no rule. */
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
        new VpcSecurityGroupIngressRule(this, `${process.name}-${port.name}`, {
          securityGroupId,
          description: `${process.name} ${port.name} for ${port.audience}`,
          cidrIpv4,
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
}

const range = ({ number }: Port): readonly [number, number] =>
  typeof number === 'number' ? [number, number] : [number.from, number.to];
