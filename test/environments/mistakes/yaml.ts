import { development, tell } from './run';

/** What is no YAML, or more than plain YAML. */

tell([
  {
    title: 'a tab for indentation',
    files: development('chains:\n\tethereum:\n\t\tclients: [geth]\n'),
    lines: [
      'environments/development/overrides.yml:2:1 this is not YAML: tabs are not allowed as indentation',
      'environments/development/overrides.yml:3:1 this is not YAML: tabs are not allowed as indentation',
    ],
  },
  {
    title: 'a bracket that is not closed',
    files: development('aws:\n  zones: [eu-central-1a\nprotect: false\n'),
    lines: [
      'environments/development/overrides.yml:3:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    title: 'a quote that is not closed',
    files: development('aws:\n  account_id: "012345678901\n\n'),
    lines: ['environments/development/overrides.yml:4:1 this is not YAML: missing closing "quote'],
  },
  {
    title: 'an indentation that fits nothing',
    files: development('chains:\n  ethereum:\n    networks: [sepolia]\n   clients: [geth]\n'),
    lines: [
      'environments/development/overrides.yml:4:1 this is not YAML: all mapping items must start at the same column',
    ],
  },
  {
    title: 'no space after a colon',
    files: development('chains:\n  ethereum:\n    replicas:2\n'),
    lines: ['environments/development/overrides.yml:3:5 chains.ethereum: "replicas:2" is not a map of keys'],
  },
  {
    title: 'no colon after a key',
    files: development('aws\n  region: eu-central-1\n'),
    lines: ['environments/development/overrides.yml:1:1 this is not YAML: implicit keys need to be on a single line'],
  },
  {
    title: 'two places that are no YAML',
    files: development('aws:\n  region: [a\nchains:\n  b: ]\n'),
    lines: [
      'environments/development/overrides.yml:3:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
      'environments/development/overrides.yml:4:6 this is not YAML: unexpected flow-seq-end token in YAML stream: "]"',
    ],
  },
  {
    title: 'a colon in text',
    files: development('aws:\n  region: eu: central\n'),
    lines: [
      'environments/development/overrides.yml:2:11 this is not YAML: nested mappings are not allowed in compact mappings',
    ],
  },
  {
    title: 'a key twice at top level',
    files: development('protect: false\nprotect: true\n'),
    lines: ['environments/development/overrides.yml:2:1 protect: stands twice; the first is in line 1, remove one'],
  },
  {
    title: 'a key twice further down',
    files: development('chains:\n  ethereum:\n    replicas: 1\n    replicas: 2\n'),
    lines: [
      'environments/development/overrides.yml:4:5 chains.ethereum.replicas: stands twice; the first is in line 3, remove one',
    ],
  },
  {
    title: 'a key three times',
    files: development('protect: false\nprotect: true\nprotect: true\n'),
    lines: [
      'environments/development/overrides.yml:2:1 protect: stands twice; the first is in line 1, remove one',
      'environments/development/overrides.yml:3:1 protect: stands twice; the first is in line 1, remove one',
    ],
  },
  {
    title: 'an alias',
    files: development('aws:\n  tags:\n    A: &a x\n    B: *a\n'),
    lines: ['environments/development/overrides.yml:4:8 aws.tags.B: *a is an alias; write the value out'],
  },
  {
    title: 'a merge key',
    files: development(
      'chains:\n  ethereum: &a\n    replicas: 1\n  arbitrum:\n    <<: *a\n    networks: [local]\n    clients: [nitro]\n',
    ),
    lines: ['environments/development/overrides.yml:5:9 chains.arbitrum.<<: *a is an alias; write the value out'],
  },
  {
    title: 'a tag of another tool',
    files: development('aws: !env { region: eu-central-1 }\n'),
    lines: ['environments/development/overrides.yml:1:6 aws: the tag !env means nothing here; remove it'],
  },
  {
    title: 'two documents',
    files: development('protect: false\n---\nprotect: true\n'),
    lines: ['environments/development/overrides.yml:2:1 a second document begins here; put everything into one'],
  },
  {
    title: 'a list at top level',
    files: development('- aws\n- chains\n'),
    lines: ['environments/development/overrides.yml:1:1 must hold keys and values, such as "chains: {}"'],
  },
  {
    title: 'text at top level',
    files: development('production\n'),
    lines: ['environments/development/overrides.yml:1:1 must hold keys and values, such as "chains: {}"'],
  },
  {
    title: 'a number as a key',
    files: development('chains: { 1: x }\n'),
    lines: ['environments/development/overrides.yml:1:11 chains: a key must be text; quote it'],
  },
  {
    title: 'nothing as a key',
    files: development(': x\n'),
    lines: ['environments/development/overrides.yml:1:1 a key must be text; quote it'],
  },
  {
    title: 'a list as a key',
    files: development('[a, b]: x\n'),
    lines: ['environments/development/overrides.yml:1:1 a key must be text; quote it'],
  },
  {
    title: 'a key that objects have',
    files: development('__proto__: { a: 1 }\n'),
    lines: ['environments/development/overrides.yml:1:1 a key cannot be called __proto__; choose another name'],
  },
  {
    title: 'a file with Windows line ends',
    files: development('protect: false\r\nprotekt: true\r\n'),
    lines: [
      'environments/development/overrides.yml:2:1 protekt: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow; did you mean protect?',
    ],
  },
]);
