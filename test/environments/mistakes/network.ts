import { development, tell } from './run';

/** The section `network`. */

tell([
  // values of the wrong type or shape
  {
    title: 'a name for a VPC',
    files: development('network: { vpc: main }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 network.vpc: "main" is not a VPC; give default, { id: vpc-… } or { tags: { … } }',
    ],
  },
  {
    title: 'an id of a VPC that is none',
    files: development('network: { vpc: { id: vpc-xyz } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 network.vpc.id: "vpc-xyz" is not an id such as vpc-0123456789abcdef0',
    ],
  },
  {
    title: 'id and tags of a VPC together',
    files: development('network: { vpc: { id: vpc-0123456789abcdef0, tags: { Name: mev } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:17 network.vpc: a map of id and tags is not a VPC; give default, { id: vpc-… } or { tags: { … } }; null removes a key that another file sets',
    ],
  },
  {
    title: 'an id of a VPC that is none, beside tags that another file sets',
    files: {
      ...development('network: { vpc: { id: vpc-1 } }\n'),
      'global.yml':
        'aws: { region: eu-central-1, zones: [eu-central-1a] }\nnetwork: { vpc: { tags: { Name: mev } } }\nchains: { ethereum: { networks: [sepolia], clients: [geth] } }\n',
    },
    lines: [
      'environments/development/overrides.yml:1:19 network.vpc.id: does not go with tags; give one of id, tags; null removes a key that another file sets',
    ],
  },
  {
    title: 'text for a DNS zone',
    files: development('network: { dns_zone: chain.internal }\n'),
    lines: [
      'environments/development/overrides.yml:1:22 network.dns_zone: "chain.internal" is not a DNS zone; give { id: Z… } or { name: … }',
    ],
  },
  {
    title: 'an id of a DNS zone that is none',
    files: development('network: { dns_zone: { id: zone } }\n'),
    lines: [
      'environments/development/overrides.yml:1:28 network.dns_zone.id: "zone" is not a zone id such as Z0123456789ABC',
    ],
  },
  {
    title: 'a name of a DNS zone that is none',
    files: development('network: { dns_zone: { name: Chain_Internal } }\n'),
    lines: ['environments/development/overrides.yml:1:30 network.dns_zone.name: "Chain_Internal" is not a domain name'],
  },
  {
    title: 'an id of a subnet that is none',
    files: development(
      'network: { subnets: { eu-central-1a: { private: subnet-1, public: subnet-0123456789abcdef0 }, eu-central-1b: { private: subnet-0123456789abcdef0, public: subnet-0123456789abcdef1 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:49 network.subnets.eu-central-1a.private: "subnet-1" is not an id such as subnet-0123456789abcdef0',
    ],
  },

  // unknown keys, at every level
  {
    title: 'an unknown key in network',
    files: development('network: { subnet: {} }\n'),
    lines: [
      'environments/development/overrides.yml:1:12 network.subnet: is not a known key; use one of vpc, subnets, dns_zone, p2p; did you mean subnets?',
    ],
  },
  {
    title: 'an unknown tier of a subnet',
    files: development('network: { subnets: { eu-central-1a: { privat: subnet-0123456789abcdef0 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:40 network.subnets.eu-central-1a.privat: is not a known key; use one of private, public; did you mean private?',
    ],
  },

  // zones
  {
    title: 'subnets in a zone of another region',
    files: development(
      'network: { subnets: { us-east-1a: { public: subnet-0123456789abcdef0 }, eu-central-1a: { public: subnet-0123456789abcdef1 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:23 network.subnets.us-east-1a: is not a zone of eu-central-1; its zones begin with eu-central-1',
    ],
  },
  {
    title: 'no subnet where a node is',
    files: development('network: { subnets: { eu-central-1b: { public: subnet-0123456789abcdef1 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:12 network.subnets: ethereum-sepolia-geth needs a public subnet in eu-central-1a; add it, or remove subnets to find them by tag',
    ],
  },
]);
