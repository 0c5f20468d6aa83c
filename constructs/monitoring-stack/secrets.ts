import type { Receivers } from './routing';

/** The secrets that monitoring reads: their names alone are known here. */

/** A Kubernetes Secret, and what it holds. */
export interface NamedSecret {
  /** Its name in the cluster. */
  readonly name: string;
  /** Its key that holds the one value. */
  readonly key: string;
  /** Its name in Secrets Manager, or the same where there is no store. */
  readonly remote: string;
  /** Of several in one secret, the one under this property. */
  readonly property?: string;
}

/** The login of Grafana; the Secret also names the user, as `admin-user`. */
export const GRAFANA_KEYS = { userKey: 'admin-user', passwordKey: 'admin-password' } as const;

/** Gives a secret its name in the cluster. */
export type Naming = (use: string, key: string, remote: string) => NamedSecret;

/**
 * With a store, a secret is called by its use, because names of AWS hold characters that Kubernetes has not. Without one it is
 * there already, by its own name. Throws for what cannot be the name of one.
 */
export const naming =
  (store: boolean): Naming =>
  (use, key, remote) => {
    if (store) return { name: use, key, remote };
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(remote))
      throw new Error(
        `"${remote}" is not the name of a Kubernetes secret; use lower-case letters, digits, - and ., or let External Secrets fill it`,
      );
    return { name: remote, key, remote };
  };

/** The secrets of receivers, each once. */
export function receiverSecrets(receivers: Receivers, name: Naming): readonly NamedSecret[] {
  const { slack, pagerduty, webhook, deadMansSwitch, killSwitch } = receivers;
  const found = [
    ...(slack ? [slackSecret(slack.secret, name)] : []),
    ...(pagerduty ? [pagerSecret(pagerduty.secret, undefined, name)] : []),
    ...Object.entries(pagerduty?.teams ?? {}).map(([team, secret]) => pagerSecret(secret, team, name)),
    ...(webhook ? [webhookSecret(webhook.secret, name)] : []),
    ...(deadMansSwitch ? [deadMansSwitchSecret(deadMansSwitch.secret, name)] : []),
    ...(killSwitch ? [killSwitchSecret(killSwitch.secret, name)] : []),
  ];
  return [...new Map(found.map((secret) => [secret.name, secret])).values()];
}

/** URL of an incoming webhook of Slack. */
export const slackSecret = (remote: string, name: Naming): NamedSecret => name('alertmanager-slack', 'url', remote);
/** Key of an integration of the Events API v2 of PagerDuty. */
export const pagerSecret = (remote: string, team: string | undefined, name: Naming): NamedSecret =>
  name(team === undefined ? 'alertmanager-pagerduty' : `alertmanager-pagerduty-${team}`, 'key', remote);
/** URL that is told everything. */
export const webhookSecret = (remote: string, name: Naming): NamedSecret => name('alertmanager-webhook', 'url', remote);
/** URL that rings when it is no longer called. */
export const deadMansSwitchSecret = (remote: string, name: Naming): NamedSecret =>
  name('alertmanager-dead-mans-switch', 'url', remote);
/** Token by which Alertmanager may stop engines. */
export const killSwitchSecret = (remote: string, name: Naming): NamedSecret =>
  name('alertmanager-kill-switch', 'token', remote);
/** Password of the one user of Grafana that is there from the start. */
export const grafanaSecret = (remote: string, name: Naming): NamedSecret =>
  name('grafana-admin', GRAFANA_KEYS.passwordKey, remote);

/** Password with which Grafana reads ClickHouse: one of several in a secret. */
export const clickhouseSecret = (
  { secret, property }: { readonly secret: string; readonly property: string },
  name: Naming,
): NamedSecret => ({ ...name('grafana-clickhouse', property, secret), property });

/** Where Alertmanager finds a secret: the operator mounts each of `alertmanagerSpec.secrets` there. */
export const secretFile = ({ name, key }: NamedSecret): string => `/etc/alertmanager/secrets/${name}/${key}`;
