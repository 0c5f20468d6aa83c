import { development, tell } from './run';

/** The section `global`. */

tell([
  // values of the wrong type or shape
  {
    title: 'text for a section',
    files: development('global: production\n'),
    lines: [
      'environments/development/overrides.yml:1:9 global: "production" is not a map of keys; its keys are environment, security, networking, logging',
    ],
  },
  {
    title: 'a number that is too large',
    files: development('global: { networking: { retry_attempts: 11 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:41 global.networking.retry_attempts: 11 is not a whole number from 0 to 10',
    ],
  },
  {
    title: 'a number for a duration',
    files: development('global: { networking: { rpc_timeout: 30 } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 global.networking.rpc_timeout: 30 is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
    ],
  },

  // unknown keys, at every level
  {
    title: 'an unknown key in global',
    files: development('global: { loging: { level: info } }\n'),
    lines: [
      'environments/development/overrides.yml:1:11 global.loging: is not a known key; use one of environment, security, networking, logging; did you mean logging?',
    ],
  },
  {
    title: 'an unknown key in global.security',
    files: development('global: { security: { api_rate_limit: {} } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 global.security.api_rate_limit: is not a known key; use one of api_rate_limits; did you mean api_rate_limits?',
    ],
  },
  {
    title: 'an unknown key in the rate limits',
    files: development('global: { security: { api_rate_limits: { premum: 1/hour } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:42 global.security.api_rate_limits.premum: is not a known key; use one of default, premium; did you mean premium?',
    ],
  },
  {
    title: 'an unknown key in global.networking',
    files: development('global: { networking: { rpc_timout: 30s } }\n'),
    lines: [
      'environments/development/overrides.yml:1:25 global.networking.rpc_timout: is not a known key; use one of rpc_timeout, websocket_timeout, retry_attempts; did you mean rpc_timeout?',
    ],
  },
  {
    title: 'an unknown key in global.logging',
    files: development('global: { logging: { levle: info } }\n'),
    lines: [
      'environments/development/overrides.yml:1:22 global.logging.levle: is not a known key; use one of level, rotation, retention; did you mean level?',
    ],
  },

  // quantities
  {
    title: 'sec for s',
    files: development('global: { networking: { rpc_timeout: 30 sec } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 global.networking.rpc_timeout: "30 sec" is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
    ],
  },
  {
    title: 'min for minute',
    files: development('global: { security: { api_rate_limits: { default: 10/min } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:51 global.security.api_rate_limits.default: "10/min" is not a rate such as "1000/hour" (per second, minute, hour or day)',
    ],
  },
  {
    title: 'a rate of nothing',
    files: development('global: { security: { api_rate_limits: { default: 0/hour } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:51 global.security.api_rate_limits.default: "0/hour" is not a rate such as "1000/hour" (per second, minute, hour or day)',
    ],
  },
  {
    title: 'a rate that is too large',
    files: development('global: { security: { api_rate_limits: { default: 99999999999999999999/hour } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:51 global.security.api_rate_limits.default: "99999999999999999999/hour" is too large',
    ],
  },
  {
    title: 'half a millisecond',
    files: development('global: { networking: { rpc_timeout: 0.5ms } }\n'),
    lines: [
      'environments/development/overrides.yml:1:38 global.networking.rpc_timeout: "0.5ms" is more precise than one ms, the smallest unit; use fewer digits',
    ],
  },
  {
    title: 'months for a duration',
    files: development('global: { logging: { retention: 3 months } }\n'),
    lines: [
      'environments/development/overrides.yml:1:33 global.logging.retention: "3 months" is not a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
    ],
  },

  // what is refused, reserved or does not fit
  {
    title: 'encryption_key_path',
    files: development('global: { security: { encryption_key_path: /secure/keys/master.key } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 global.security.encryption_key_path: is refused: keys are not files; name a KMS key in aws.kms_key',
    ],
  },
  {
    title: 'an unknown log level',
    files: development('global: { logging: { level: warn } }\n'),
    lines: [
      'environments/development/overrides.yml:1:29 global.logging.level: "warn" is not a log level; use one of info, debug, error',
    ],
  },
  {
    title: 'an unknown rotation',
    files: development('global: { logging: { rotation: monthly } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 global.logging.rotation: "monthly" is not a rotation; use one of hourly, daily, weekly',
    ],
  },
]);
