import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RELEASE } from '../chain-node';

/** The automations, as SSM documents (schema 0.3). */

const SCRIPT = readFileSync(join(__dirname, 'backup.py'), 'utf8');

/** What a backup of one node needs to know. */
export interface BackupDocument {
  readonly roleArn: string;
  readonly region: string;
  readonly node: string;
  readonly instanceId: string;
  /** Tags of its snapshots; `BackupSet` and `Height` come with the execution. */
  readonly tags: Readonly<Record<string, string>>;
  /** Seconds that the node may take to stop. */
  readonly stopGraceSeconds: number;
}

/** Seconds that the host waits for the lease of its group, and a margin for the agent. */
const LEASE_SECONDS = 2700 + 300;
/** Seconds until a command must have reached the agent. */
const DELIVERY_SECONDS = 600;
/** Seconds that a node may take to start. */
const START_SECONDS = 3600;

/**
 * Holds the node, begins the snapshots, lets the node go on. Whatever fails, and when a person ends it, the node goes on: the
 * last step runs in any case, and the host has a clock of its own. It still counts as failed then (`isCritical`; AWS, Systems
 * Manager Automation, shared properties, 2026).
 */
export function backupDocument({ roleArn, region, node, instanceId, tags, stopGraceSeconds }: BackupDocument): object {
  const onHost = (argument: '--hold' | '--resume', seconds: number): object => ({
    DocumentName: 'AWS-RunShellScript',
    InstanceIds: [instanceId],
    TimeoutSeconds: DELIVERY_SECONDS,
    Parameters: {
      commands: [`${RELEASE}/host/backup.sh ${argument} {{ automation:EXECUTION_ID }}`],
      executionTimeout: [String(seconds)],
    },
  });
  const holdSeconds = LEASE_SECONDS + stopGraceSeconds;
  const whateverHappens = { onFailure: 'step:resume', onCancel: 'step:resume', isCritical: true };
  return {
    schemaVersion: '0.3',
    description: `Takes a backup of the node ${node}: stops or freezes it, begins a snapshot of its disks, and lets it go on.`,
    assumeRole: roleArn,
    mainSteps: [
      {
        name: 'hold',
        action: 'aws:runCommand',
        timeoutSeconds: DELIVERY_SECONDS + holdSeconds,
        inputs: onHost('--hold', holdSeconds),
        ...whateverHappens,
        nextStep: 'snapshot',
      },
      {
        name: 'snapshot',
        action: 'aws:executeScript',
        timeoutSeconds: 300,
        inputs: {
          Runtime: 'python3.11',
          Handler: 'snapshot',
          Script: SCRIPT,
          InputPayload: {
            region,
            instance: instanceId,
            execution: '{{ automation:EXECUTION_ID }}',
            output: '{{ hold.Output }}',
            tags,
          },
        },
        outputs: [{ Name: 'snapshots', Selector: '$.Payload.snapshots', Type: 'StringList' }],
        ...whateverHappens,
        nextStep: 'resume',
      },
      {
        name: 'resume',
        action: 'aws:runCommand',
        timeoutSeconds: DELIVERY_SECONDS + START_SECONDS,
        inputs: onHost('--resume', START_SECONDS),
        isCritical: true,
        onFailure: 'Abort',
        isEnd: true,
      },
    ],
  };
}

/** What the upkeep of an environment's backups needs to know. */
export interface UpkeepDocument {
  readonly roleArn: string;
  readonly region: string;
  readonly environment: string;
  readonly keep: number;
  readonly copy?: { readonly region: string; readonly kmsKey?: string };
}

/** Deletes what is too old, copies what is new, and fails when a backup has. */
export const upkeepDocument = ({ roleArn, region, environment, keep, copy }: UpkeepDocument): object => ({
  schemaVersion: '0.3',
  description: `Keeps the newest ${keep} backups of each node of ${environment}${copy ? `, and copies them to ${copy.region}` : ''}.`,
  assumeRole: roleArn,
  mainSteps: [
    {
      name: 'upkeep',
      action: 'aws:executeScript',
      timeoutSeconds: 600,
      inputs: {
        Runtime: 'python3.11',
        Handler: 'upkeep',
        Script: SCRIPT,
        InputPayload: {
          region,
          environment,
          keep,
          ...(copy ? { copyRegion: copy.region } : {}),
          ...(copy?.kmsKey === undefined ? {} : { copyKey: copy.kmsKey }),
        },
      },
      isEnd: true,
    },
  ],
});
