/** Schedules of EventBridge, which backups are written in, as those of Kubernetes. */

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * The cron line of Kubernetes, in UTC, for a schedule of EventBridge; undefined for what Kubernetes cannot say: years, the last day
 * of a month, the nearest weekday, rates that do not divide a day.
 */
export function cronOf(schedule: string): string | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule);
  if (rate) return ofRate(Number(rate[1]), rate[2] as 'minute' | 'hour' | 'day');
  const fields = /^cron\((.*)\)$/.exec(schedule)?.[1]?.split(' ') ?? [];
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields;
  if (year !== '*' || /[LW#]/.test(`${day}${weekday.replaceAll(/[A-Z]{3}/g, '')}`)) return undefined;
  // There, days of the week are counted from 1; here from 0.
  const names = weekday.replaceAll(/(?<!\/)\b[1-7]\b/g, (number) => DAYS[Number(number) - 1] ?? number);
  return [minute, hour, anyOf(day), month, anyOf(names)].join(' ');
}

const anyOf = (field: string): string => (field === '?' ? '*' : field);

function ofRate(count: number, unit: 'minute' | 'hour' | 'day'): string | undefined {
  if (unit === 'day') return count === 1 ? '0 0 * * *' : undefined;
  if (unit === 'hour') return 24 % count === 0 ? `0 ${count === 24 ? '0' : `*/${count}`} * * *` : undefined;
  return 60 % count === 0 ? `${count === 60 ? '0' : `*/${count}`} * * * *` : undefined;
}

const DAY = 86_400;

/** The longest that may pass between two starts by a schedule of EventBridge, in seconds; undefined where it names years. */
export function longestGapSeconds(schedule: string): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule);
  if (rate) return Number(rate[1]) * { minute: 60, hour: 3600, day: DAY }[rate[2] as 'minute' | 'hour' | 'day'];
  const [, , day = '*', month = '*', weekday = '*', year = '*'] =
    /^cron\((.*)\)$/.exec(schedule)?.[1]?.split(' ') ?? [];
  const every = (field: string): boolean => field === '*' || field === '?';
  if (!every(year)) return undefined;
  if (!every(month)) return 366 * DAY;
  if (!every(day) || weekday.includes('#') || weekday.includes('L')) return 31 * DAY;
  return every(weekday) ? DAY : 7 * DAY;
}
