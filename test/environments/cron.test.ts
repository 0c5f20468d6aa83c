import { cronOf, longestGapSeconds } from '../../environments/cron';

/** What EventBridge says in six fields or as a rate, as Kubernetes says it in five. */

const WEEK = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

describe('a schedule of EventBridge', () => {
  test.each([
    ['cron(30 2 * * ? *)', '30 2 * * *'],
    ['cron(0 0/6 * * ? *)', '0 0/6 * * *'],
    ['cron(0,30 8-18 1,15 * ? *)', '0,30 8-18 1,15 * *'],
    ['cron(0 2 1 JAN-JUN,DEC ? *)', '0 2 1 JAN-JUN,DEC *'],
    ['cron(0 2 ? * * *)', '0 2 * * *'],
    // What it counts from 1 is counted from 0 there.
    ['cron(0 2 ? * 2-6 *)', '0 2 * * MON-FRI'],
    ['cron(0 2 ? * 1,7 *)', '0 2 * * SUN,SAT'],
    ['cron(0 2 ? * 2/3 *)', '0 2 * * MON/3'],
    ['cron(0 2 ? * */2 *)', '0 2 * * */2'],
    ['cron(0 2 ? * MON-FRI *)', '0 2 * * MON-FRI'],
    ['cron(0 2 ? * WED *)', '0 2 * * WED'],
    // Numbers of other fields stay as they are.
    ['cron(5 4 3 2 ? *)', '5 4 3 2 *'],
    ['rate(1 day)', '0 0 * * *'],
    ['rate(1 hour)', '0 */1 * * *'],
    ['rate(6 hours)', '0 */6 * * *'],
    ['rate(24 hours)', '0 0 * * *'],
    ['rate(15 minutes)', '*/15 * * * *'],
    ['rate(60 minutes)', '0 * * * *'],
  ])('%s is %s', (schedule, line) => {
    expect(cronOf(schedule)).toBe(line);
  });

  test.each(WEEK.map((name, index) => [index + 1, name]))('day %i of the week is %s', (number, name) => {
    expect(cronOf(`cron(1 1 ? * ${number} *)`)).toBe(`1 1 * * ${name}`);
    expect(cronOf(`cron(1 1 ? * ${name} *)`)).toBe(`1 1 * * ${name}`);
  });
});

test.each([
  ['a year', 'cron(0 2 1 1 ? 2027)'],
  ['the last day of a month', 'cron(0 2 L * ? *)'],
  ['the weekday nearest to a day', 'cron(0 2 15W * ? *)'],
  ['the last weekday of a month', 'cron(0 2 LW * ? *)'],
  ['the last of a day of the week', 'cron(0 2 ? * 6L *)'],
  ['the last of a day of the week by its name', 'cron(0 2 ? * FRIL *)'],
  ['the second of a day of the week', 'cron(0 2 ? * 3#2 *)'],
  ['days that do not divide a week', 'rate(2 days)'],
  ['hours that do not divide a day', 'rate(7 hours)'],
  ['more hours than a day has', 'rate(48 hours)'],
  ['minutes that do not divide an hour', 'rate(45 minutes)'],
  ['more minutes than an hour has', 'rate(120 minutes)'],
  ['what is no schedule', 'daily'],
])('%s cannot be said', (_, schedule) => {
  expect(cronOf(schedule)).toBeUndefined();
});

test.each([
  ['rate(6 hours)', 6 * 3600],
  ['rate(1 day)', 86_400],
  ['cron(0 3 * * ? *)', 86_400],
  ['cron(0 */4 * * ? *)', 86_400],
  ['cron(0 3 ? * SUN *)', 7 * 86_400],
  ['cron(0 3 ? * SUN#1 *)', 31 * 86_400],
  ['cron(0 3 1 * ? *)', 31 * 86_400],
  ['cron(0 3 L * ? *)', 31 * 86_400],
  ['cron(0 3 1 1 ? *)', 366 * 86_400],
  ['cron(0 3 1 1 ? 2027)', undefined],
])('between two starts of %s there are at most %p seconds', (schedule, seconds) => {
  expect(longestGapSeconds(schedule)).toBe(seconds);
});
