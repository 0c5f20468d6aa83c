import { development, tell } from './run';

/** Keys at the top of an environment: `protect`, `state`, `retire`, and those that are not known or are refused. */

tell([
  // values of the wrong type or shape
  {
    title: 'yes for true',
    files: development('protect: yes\n'),
    lines: ['environments/development/overrides.yml:1:10 protect: "yes" is not true or false'],
  },
  {
    title: 'a number for a boolean',
    files: development('protect: 1\n'),
    lines: ['environments/development/overrides.yml:1:10 protect: 1 is not true or false'],
  },
  {
    title: 'a key that is missing',
    files: development('state: {}\n'),
    lines: ['environments/development/overrides.yml:1:1 state.bucket: is missing; give a bucket name'],
  },
  {
    title: 'a bucket with capitals',
    files: development('state: { bucket: Acme_State }\n'),
    lines: ['environments/development/overrides.yml:1:18 state.bucket: "Acme_State" is not a bucket name'],
  },
  {
    title: 'text for a list of nodes',
    files: development('retire: ethereum-mainnet-geth\n'),
    lines: ['environments/development/overrides.yml:1:9 retire: "ethereum-mainnet-geth" is not a list'],
  },

  // unknown keys, at every level
  {
    title: 'an unknown key at top level',
    files: development('chain: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 chain: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow; did you mean chains?',
    ],
  },
  {
    title: 'an unknown key that is near none',
    files: development('quantum: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 quantum: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow',
    ],
  },
  {
    title: 'an unknown key in state',
    files: development('state: { bucket: acme, key: x }\n'),
    lines: ['environments/development/overrides.yml:1:24 state.key: is not a known key; use one of bucket, region'],
  },
  {
    title: 'two unknown keys',
    files: development('chian: {}\nprotekt: true\n'),
    lines: [
      'environments/development/overrides.yml:1:1 chian: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow; did you mean chains?',
      'environments/development/overrides.yml:2:1 protekt: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow; did you mean protect?',
    ],
  },
  {
    title: 'a key with a capital',
    files: development('Chains: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 Chains: is not a known key; use one of global, aws, network, state, protect, alarms, backup, hosts, kubernetes, gateway, monitoring, chains, mev, retire, allow; did you mean chains?',
    ],
  },

  // names that no longer work, are unknown, missing or there twice
  {
    title: 'a node retired twice',
    files: development('retire: [a, a]\n'),
    lines: ['environments/development/overrides.yml:1:13 retire[1]: "a" stands twice; remove one'],
  },

  // protected environments
  {
    title: 'protect without remote state',
    files: { 'production/overrides.yml': 'protect: true\nchains: { ethereum: null }\n' },
    lines: ['environments/production/overrides.yml:1:10 protect: needs remote state; set state.bucket'],
  },
  {
    title: 'protect with a node that is not locked',
    files: { 'production/overrides.yml': 'protect: true\nstate: { bucket: acme-tfstate }\n' },
    lines: [
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth is not locked; run: npm run config -- production lock',
    ],
  },
  {
    title: 'protect with neither',
    files: { 'production/overrides.yml': 'protect: true\nchains: { ethereum: { replicas: 2 } }\n' },
    lines: [
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth is not locked; run: npm run config -- production lock',
      'environments/global.yml:6:16 chains.ethereum.networks[0]: ethereum-sepolia-geth-2 is not locked; run: npm run config -- production lock',
      'environments/production/overrides.yml:1:10 protect: needs remote state; set state.bucket',
    ],
  },

  // what is refused, reserved or does not fit
  {
    title: 'global_limits',
    files: development('global_limits: { max_daily_loss: 50 ETH }\n'),
    lines: ['environments/development/overrides.yml:1:1 global_limits: is refused: limits stand in mev.risk_limits'],
  },
  {
    title: 'strategy_limits at top level',
    files: development('strategy_limits: { arbitrage: { max_slippage: 0.02 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:1 strategy_limits: is refused: limits of a type stand in mev.strategy_limits',
    ],
  },
  {
    title: 'chain_limits at top level',
    files: development('chain_limits: {}\n'),
    lines: [
      'environments/development/overrides.yml:1:1 chain_limits: is refused: limits of a chain stand in mev.chain_limits',
    ],
  },
]);
