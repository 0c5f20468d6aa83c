/** What nodes and those who back them up must agree on. */

/** The tag that every backup bears; its value is the execution that took it. */
export const BACKUP_SET_TAG = 'BackupSet';

/** The role of the automations that take backups in an environment. */
export const backupRoleName = (environment: string): string => `${environment}-backups`;
