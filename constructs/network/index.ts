import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet';
import { DataAwsVpc } from '@cdktf/provider-aws/lib/data-aws-vpc';
import { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone';
import { Construct } from 'constructs';
import { literals } from '../terraform';
import { TIER_TAG } from './tags';

export { TIER_TAG } from './tags';

/** Subnet tier: `public` has a way in from the internet, `private` only a way out. */
export type Tier = 'private' | 'public';

export interface NetworkProps {
  /** The account's default VPC, one by id, or the one that bears all of these tags. */
  readonly vpc: 'default' | { readonly id: string } | { readonly tags: Readonly<Record<string, string>> };
  /**
   * Subnet ids by zone and tier.
   *
   * @default - found by zone and the tag `Tier`; in the default VPC, the default subnet of the zone
   */
  readonly subnets?: Readonly<Record<string, Readonly<Partial<Record<Tier, string>>>>>;
  /**
   * The private hosted zone that nodes are named in.
   *
   * @default - a zone of the name `ownZoneName` is defined
   */
  readonly dnsZone?: { readonly id: string } | { readonly name: string };
  /** Name of the zone that is defined when none is given. */
  readonly ownZoneName: string;
}

/**
 * The network that an environment stands in. It is found, not defined: the VPC and its subnets belong to the platform, or
 * to someone else. Only a private DNS zone is defined where none is named.
 */
export class Network extends Construct {
  readonly vpcId: string;
  /** Address range of the VPC: where users of a node and its monitoring come from. */
  readonly vpcCidr: string;
  #dnsZone: { readonly id: string; readonly name: string } | undefined;
  readonly #subnets = new Map<string, string>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkProps,
  ) {
    super(scope, id);
    const { vpc } = props;
    const found = new DataAwsVpc(
      this,
      'vpc',
      vpc === 'default' ? { default: true } : 'id' in vpc ? { id: vpc.id } : { tags: literals(vpc.tags) },
    );
    this.vpcId = found.id;
    this.vpcCidr = found.cidrBlock;
  }

  /** The zone that nodes are named in; found or defined for who first asks. */
  get dnsZone(): { readonly id: string; readonly name: string } {
    this.#dnsZone ??= this.#findZone();
    return this.#dnsZone;
  }

  #findZone(): { readonly id: string; readonly name: string } {
    const { dnsZone, ownZoneName } = this.props;
    if (!dnsZone) {
      const zone = new Route53Zone(this, 'dns-zone', { name: ownZoneName, vpc: [{ vpcId: this.vpcId }] });
      return { id: zone.zoneId, name: ownZoneName };
    }
    const zone = new DataAwsRoute53Zone(
      this,
      'dns-zone',
      'id' in dnsZone ? { zoneId: dnsZone.id } : { name: dnsZone.name, privateZone: true, vpcId: this.vpcId },
    );
    return { id: zone.zoneId, name: 'name' in dnsZone ? dnsZone.name : zone.name };
  }

  /** The id of the subnet of a zone and tier; looked up once. */
  subnetId(zone: string, tier: Tier): string {
    const given = this.props.subnets?.[zone]?.[tier];
    if (given !== undefined) return given;
    const id = `subnet-${zone}-${tier}`;
    const known = this.#subnets.get(id);
    if (known !== undefined) return known;
    const subnet = new DataAwsSubnet(this, id, {
      vpcId: this.vpcId,
      availabilityZone: zone,
      ...(this.props.vpc === 'default' ? { defaultForAz: true } : { tags: { [TIER_TAG]: tier } }),
    });
    this.#subnets.set(id, subnet.id);
    return subnet.id;
  }
}
