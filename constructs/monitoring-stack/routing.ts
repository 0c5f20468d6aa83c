import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inhibition } from './alerts/inhibitions';
import type { Severity, Team } from './alerts/model';
import {
  deadMansSwitchSecret,
  killSwitchSecret,
  type NamedSecret,
  type Naming,
  pagerSecret,
  secretFile,
  slackSecret,
  webhookSecret,
} from './secrets';

/**
 * Who is told of an alert: the configuration of Alertmanager, as plain data.
 *
 * | severity | Slack | webhook | SNS | PagerDuty | said again |
 * | --- | --- | --- | --- | --- | --- |
 * | critical | yes | yes | yes | yes | hourly |
 * | warning | yes | yes | yes | | twice a day |
 * | info | yes | yes | | | every three days |
 * | Watchdog | the dead man's switch, and nobody else | | | | every minute |
 *
 * A team has its own channel and its own pager where they are named, and else the common ones. What bears another environment than
 * this one is shown and pages nobody.
 */

/** Where alerts go. Credentials are named, never given: Alertmanager reads them from files. */
export interface Receivers {
  readonly slack?: {
    /** Secret with the URL of an incoming webhook of an app that may write to these channels. */
    readonly secret: string;
    /** Such as `#alerts`. */
    readonly channel: string;
    /**
     * Channels of teams.
     *
     * @default - the common one
     */
    readonly channels?: Readonly<Partial<Record<Team, string>>>;
  };
  readonly pagerduty?: {
    /** Secret with the key of an integration (Events API v2). */
    readonly secret: string;
    /**
     * Secrets of teams that have a service of their own.
     *
     * @default - the common one
     */
    readonly teams?: Readonly<Partial<Record<Team, string>>>;
  };
  /** Secret with a URL that is told everything but the watchdog, as Alertmanager writes it (webhook, version 4). */
  readonly webhook?: { readonly secret: string };
  /** A topic of SNS, of the region of the cluster. */
  readonly sns?: { readonly topicArn: string };
  /** Secret with a URL that is called every minute, and rings when it is not. */
  readonly deadMansSwitch?: { readonly secret: string };
  /** A URL that is told, before anybody else and with a token, of what has `action: kill`; and the secret with the token. */
  readonly killSwitch?: { readonly secret: string; readonly url: string };
}

export interface RoutingProps {
  readonly environment: string;
  readonly region: string;
  readonly receivers: Receivers;
  /** What secrets are called in the cluster. */
  readonly naming: Naming;
  /**
   * Causes and what follows from them, beside those that hold for every alert.
   *
   * @default - those alone
   */
  readonly inhibitions?: readonly Inhibition[];
}

/** `name="value"`, as Alertmanager reads it. */
type Matcher = string;

export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly Matcher[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
  readonly continue?: boolean;
}

export interface Receiver {
  readonly name: string;
  readonly slack_configs?: readonly object[];
  readonly pagerduty_configs?: readonly object[];
  readonly webhook_configs?: readonly object[];
  readonly sns_configs?: readonly object[];
}

export interface InhibitRule {
  readonly source_matchers: readonly Matcher[];
  readonly target_matchers: readonly Matcher[];
  readonly equal: readonly string[];
}

export interface AlertmanagerConfig {
  readonly global: { readonly resolve_timeout: string };
  readonly route: Route;
  readonly inhibit_rules: readonly InhibitRule[];
  readonly receivers: readonly Receiver[];
  readonly templates: readonly string[];
}

/** Alerts that a dead host, or a node that does not answer, makes of its own: the others say the same again. */
export const HOST_DOWN = 'HostDown';
export const NODE_DOWN = 'NodeDown';
/** Fires always; its silence is the alarm. kube-prometheus has one (general.rules) where our rules have none. */
export const WATCHDOG = 'Watchdog';

/** Whoever is told nothing. */
const NOBODY = 'nobody';
const DEAD_MANS_SWITCH = 'dead-mans-switch';
const FOREIGN = 'other-environment';
export const KILL_SWITCH = 'kill-switch';

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

/** How soon after a first alert, after a further one of the same group, and after nothing new. */
const PACE: Readonly<Record<Severity, Required<Pick<Route, 'group_wait' | 'group_interval' | 'repeat_interval'>>>> = {
  critical: { group_wait: '10s', group_interval: '1m', repeat_interval: '1h' },
  warning: { group_wait: '1m', group_interval: '5m', repeat_interval: '12h' },
  // Less than the 120 hours that Alertmanager remembers what it said.
  info: { group_wait: '5m', group_interval: '30m', repeat_interval: '72h' },
};

/** Receivers of this stack's alerts. Pure: every text in it is known when it is rendered. */
export function alertmanagerConfig(props: RoutingProps): AlertmanagerConfig {
  const { environment, receivers, naming } = props;
  const teams = teamsOf(receivers);
  const told = SEVERITIES.flatMap((severity) => [
    receiver(severity, undefined, props),
    ...teams.map((team) => receiver(severity, team, props)),
  ]);
  return {
    global: { resolve_timeout: '5m' },
    route: {
      // What bears no severity that is known here is shown.
      receiver: 'warning',
      group_by: ['alertname', 'chain', 'network'],
      ...PACE.warning,
      routes: [
        {
          matchers: [`alertname="${WATCHDOG}"`],
          receiver: receivers.deadMansSwitch ? DEAD_MANS_SWITCH : NOBODY,
          group_by: ['alertname'],
          group_wait: '0s',
          // Said again at the first look at the group after that: every minute.
          group_interval: '1m',
          repeat_interval: '50s',
        },
        // Beside whoever else is told. It says nothing of what is over: what was stopped stays so.
        ...(receivers.killSwitch
          ? [
              {
                matchers: ['action="kill"', `environment="${environment}"`],
                receiver: KILL_SWITCH,
                group_by: ['scope'],
                group_wait: '0s',
                group_interval: '10s',
                repeat_interval: '1m',
                continue: true,
              },
            ]
          : []),
        // Alerts that only others use.
        { matchers: ['severity="none"'], receiver: NOBODY },
        { matchers: [`environment!="${environment}"`], receiver: FOREIGN },
        ...SEVERITIES.map((severity) => ({
          matchers: [`severity="${severity}"`],
          receiver: severity,
          ...PACE[severity],
          ...(teams.length === 0
            ? {}
            : { routes: teams.map((team) => ({ matchers: [`team="${team}"`], receiver: `${severity}-${team}` })) }),
        })),
      ],
    },
    inhibit_rules: inhibitRules(props.inhibitions),
    receivers: [
      ...told,
      { ...receiver('info', undefined, props), name: FOREIGN },
      { name: NOBODY },
      ...(receivers.deadMansSwitch
        ? [
            {
              name: DEAD_MANS_SWITCH,
              webhook_configs: [webhook(deadMansSwitchSecret(receivers.deadMansSwitch.secret, naming), false)],
            },
          ]
        : []),
      ...(receivers.killSwitch
        ? [
            {
              name: KILL_SWITCH,
              webhook_configs: [
                {
                  url: receivers.killSwitch.url,
                  send_resolved: false,
                  http_config: {
                    authorization: {
                      type: 'Bearer',
                      credentials_file: secretFile(killSwitchSecret(receivers.killSwitch.secret, naming)),
                    },
                  },
                },
              ],
            },
          ]
        : []),
    ],
    templates: ['/etc/alertmanager/config/*.tmpl'],
  };
}

/** Teams that are told somewhere else than the others. */
function teamsOf({ slack, pagerduty }: Receivers): readonly Team[] {
  const named = [...Object.keys(slack?.channels ?? {}), ...Object.keys(pagerduty?.teams ?? {})];
  return [...new Set(named)].sort() as Team[];
}

function receiver(severity: Severity, team: Team | undefined, props: RoutingProps): Receiver {
  const { receivers, naming, region } = props;
  const { slack, pagerduty, sns } = receivers;
  const ownPager = team && pagerduty?.teams?.[team];
  return {
    name: team === undefined ? severity : `${severity}-${team}`,
    ...(slack
      ? {
          slack_configs: [
            {
              api_url_file: secretFile(slackSecret(slack.secret, naming)),
              channel: (team && slack.channels?.[team]) ?? slack.channel,
              send_resolved: true,
              color: '{{ template "chain.color" . }}',
              title: '{{ template "chain.title" . }}',
              title_link: '{{ template "chain.link" . }}',
              text: '{{ template "chain.text" . }}',
              fallback: '{{ template "chain.title" . }}',
            },
          ],
        }
      : {}),
    ...(pagerduty && severity === 'critical'
      ? {
          pagerduty_configs: [
            {
              routing_key_file: secretFile(
                ownPager === undefined
                  ? pagerSecret(pagerduty.secret, undefined, naming)
                  : pagerSecret(ownPager, team, naming),
              ),
              send_resolved: true,
              severity: 'critical',
              description: '{{ template "chain.title" . }}',
              client: 'chain nodes',
              client_url: '{{ template "chain.link" . }}',
              details: {
                alerts: '{{ template "chain.plain" . }}',
                runbook: '{{ template "chain.link" . }}',
              },
            },
          ],
        }
      : {}),
    ...(receivers.webhook ? { webhook_configs: [webhook(webhookSecret(receivers.webhook.secret, naming), true)] } : {}),
    ...(sns && severity !== 'info'
      ? {
          sns_configs: [
            {
              topic_arn: sns.topicArn,
              sigv4: { region },
              send_resolved: true,
              subject: '{{ template "chain.subject" . }}',
              message: '{{ template "chain.plain" . }}',
            },
          ],
        }
      : {}),
  };
}

const webhook = (secret: NamedSecret, send_resolved: boolean): object => ({
  url_file: secretFile(secret),
  send_resolved,
});

/** What follows from one alert for the same node. One that wakes nobody silences nothing that does. */
function explains(source: string, targets: readonly Matcher[]): readonly InhibitRule[] {
  const alert = `alertname="${source}"`;
  const equal = ['environment', 'node'];
  return [
    { source_matchers: [alert, 'severity="critical"'], target_matchers: targets, equal },
    { source_matchers: [alert], target_matchers: [...targets, 'severity=~"warning|info"'], equal },
  ];
}

/** A label that neither alert has counts as equal (Alertmanager, configuration, inhibit_rule). */
function inhibitRules(further: readonly Inhibition[] = []): readonly InhibitRule[] {
  return [
    // One dead host is one page.
    ...explains(HOST_DOWN, [`alertname!="${HOST_DOWN}"`, 'node!=""']),
    // Of a node that is not heard of, nothing else that its chain makes of it is news; its disk may be why.
    ...explains(NODE_DOWN, [`alertname!~"${NODE_DOWN}|Disk.*"`, 'node!=""', 'team="chains"']),
    {
      source_matchers: ['severity="critical"'],
      target_matchers: ['severity=~"warning|info"'],
      equal: ['alertname', 'environment', 'namespace', 'node', 'engine', 'strategy'],
    },
    ...further.map(({ source, severity, targets, equal }) => ({
      source_matchers: [`alertname="${source}"`, ...(severity === undefined ? [] : [`severity="${severity}"`])],
      target_matchers: [`alertname=~"${targets.join('|')}"`],
      equal,
    })),
  ];
}

const TEMPLATE = 'chain.tmpl';

/** Files of templates by name, which Alertmanager finds beside its configuration. */
export const messageTemplates = (): Readonly<Record<string, string>> => ({
  [TEMPLATE]: readFileSync(join(__dirname, 'templates', TEMPLATE), 'utf8'),
});
