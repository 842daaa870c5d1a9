/**
 * Attacks on the protocol that were written from its description, before anybody looked at the code: one line each, with
 * who owns the ingress in the end, the candidate's share on each rule, and the last message that people get.
 */
import { describe, expect, it } from 'vitest';
import { retell } from './story.ts';

const BEGUN = 'start one; pin one; shift one 10';
const RETURNED = `${BEGUN}; operator; minutes 30`;
/** The lease is lost, its run goes on, and the next run begins with the same generation. */
const LOST = `${BEGUN}; lease missing; minutes 2; seconds 1000; start two; pin two; shift two 10`;

const SCHEDULES: readonly (readonly [what: string, commands: string, end: string])[] = [
  [
    'a second start while the first runs',
    `${BEGUN}; start two; ended two FAILED; minutes 3`,
    'one running 1, 10/10, two: refused to start',
  ],
  [
    'a start while the rollback before it waits',
    `${BEGUN}; health stable 0; operator; start two; ended two FAILED; health stable 2; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a start a minute after a rollback',
    `${BEGUN}; operator; minutes 1; start two; minutes 2`,
    'one rolled_back 2, 0/0, two: refused to start',
  ],
  [
    'a task that wakes in the next run',
    `${RETURNED}; start two; pin two; shift two 10; shift one 50; task-failed one; ended one FAILED; minutes 2`,
    'two running 3, 10/10, one: ended without owning the ingress',
  ],
  [
    'a capacity task, a step and a completion of the run before',
    `${RETURNED}; start two; pin two; shift two 50; pin one; decommission one; complete one; minutes 2`,
    'two running 3, 50/50, two: preflight',
  ],
  [
    'stickiness by hand in mid-run',
    `${BEGUN}; rule safe sticky; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'stickiness by hand after a rollback',
    `${RETURNED}; rule rest sticky; minutes 3`,
    'one rolled_back 2, 0/0, one: warning',
  ],
  [
    'stickiness by hand after completion',
    `${BEGUN}; shift one complete; complete one; succeeded one; rule rest sticky; minutes 12`,
    'one completed 1, 100/100, one: complete',
  ],
  [
    'a page of maintenance by hand in mid-run',
    `${BEGUN}; rule rest replaced; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a page of maintenance by hand after a rollback',
    `${RETURNED}; rule rest replaced; minutes 3`,
    'one rolled_back 2, 0/-, one: rolled back',
  ],
  [
    'weights by hand before a rollback is confirmed',
    `${BEGUN}; hold confirmRollback; begin operator; console 100; release; minutes 2`,
    'one rolled_back 2, 0/0, one: warning',
  ],
  [
    'weights by hand before the execution is stopped',
    `${BEGUN}; hold stopExecution; begin operator; console 100; release; minutes 2`,
    'one rolled_back 2, 0/0, one: warning',
  ],
  [
    'weights by hand long after a rollback, twice',
    `${RETURNED}; console 100; minutes 3; lease missing; console 100; minutes 3`,
    'none, 0/0, gateway: rolled back',
  ],
  [
    'a candidate without targets',
    `${BEGUN}; health candidate 0 0; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'two sides without targets',
    `${BEGUN}; health candidate 0 0; health stable 0 0; minutes 3; operator; minutes 3; health candidate 2; minutes 2`,
    'one rolled_back 2, 0/0, one: warning',
  ],
  [
    'a rollback to a dead stable side',
    `${BEGUN}; shift one soak; health stable 0; operator; minutes 12`,
    'one rolling_back 2, 100/100, one: rollback waits for capacity',
  ],
  [
    'the same, until half of it is back',
    `${BEGUN}; shift one soak; health stable 0; operator; minutes 12; health stable 1; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  ['a claim without an answer', `loses claim; start one; ${BEGUN}; minutes 3`, 'one running 1, 10/10, one: preflight'],
  [
    'an intent without an answer',
    'start one; pin one; loses recordIntent; shift one 10; shift one 10; minutes 6',
    'one running 1, 10/10, one: preflight',
  ],
  [
    'a confirmation without an answer',
    'start one; pin one; loses confirmIntent; shift one 10; shift one 10; minutes 6',
    'one running 1, 10/10, one: preflight',
  ],
  [
    'a fence without an answer',
    `${BEGUN}; loses fence; operator; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a confirmed rollback without an answer',
    `${BEGUN}; loses confirmRollback; operator; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'rules that cannot be written for twelve minutes',
    `${BEGUN}; fails modifyRule 200; operator; minutes 12`,
    'one rolling_back 2, 10/10, one: NOT rolled back yet',
  ],
  [
    'a shift that writes one of two rules',
    `${BEGUN}; fails modifyRule; shift one 50; minutes 8`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'an alarm of an hour ago, in the next run',
    `${RETURNED}; start two; pin two; shift two 10; alarm 3600; alarm 61; minutes 2`,
    'two running 3, 10/10, two: preflight',
  ],
  [
    'an alarm by a clock that is five minutes ahead',
    `${BEGUN}; alarm -300; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'an alarm that flaps, and the mirror’s',
    `${BEGUN}; alarm; alarm 1; alarm; mirror-alarm; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a stop while weights are written',
    `${BEGUN}; hold modifyRule; begin shift one 50; ended one ABORTED; release; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'two triggers that both fail to write',
    `${BEGUN}; fails modifyRule 8; alarm; operator; minutes 6`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a table restored to the run before',
    `${RETURNED}; lease kept; start two; pin two; shift two 50; lease restored; shift two 50; minutes 2; task-failed two; minutes 4`,
    'one rolled_back 2, 0/0, two: rolled back without its lease',
  ],
  [
    'a table restored to before the rollback, and a task that wakes',
    `${BEGUN}; lease kept; operator; minutes 20; lease restored; shift one 50; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a table restored to an earlier stage',
    `${BEGUN}; lease kept; shift one 50; lease restored; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'another service’s group in a rule',
    `${BEGUN}; rule rest foreign; minutes 3`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'break-glass to a dead stable side',
    `${BEGUN}; shift one soak; health stable 0 0; break-glass; minutes 4`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'every trigger without any run',
    'operator; alarm; ended none FAILED; mirror-alarm; minutes 2',
    'none, 0/0, nobody is told',
  ],
  [
    'weights by another controller, minute after minute',
    `${RETURNED}; console 50; minutes 1; console 100; minutes 1`,
    'one rolled_back 2, 0/0, one: warning',
  ],
  [
    'weights of a completed cutover by hand in mid-run',
    `${BEGUN}; console final; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  ['the same, and an alarm', `${BEGUN}; console final; alarm; minutes 2`, 'one rolled_back 2, 0/0, one: rolled back'],
  [
    'the same, long after a rollback',
    `${RETURNED}; console final; minutes 12`,
    'one rolled_back 2, 100/100, one: warning',
  ],
  [
    'a lost lease, and a task of its run that wakes in the next one',
    `${LOST}; shift one 50; minutes 2`,
    'two running 1, 10/10, two: preflight',
  ],
  ['the same, and the end of its run', `${LOST}; complete one; minutes 2`, 'two running 1, 10/10, two: preflight'],
  [
    'a restored table, and a run whose generation is counted twice',
    `${RETURNED}; lease kept; start two; pin two; shift two 10; lease restored; minutes 2; seconds 1000; start three; pin three; shift three 10; shift two 50; minutes 2`,
    'three running 3, 10/10, three: preflight',
  ],
  [
    'stable at half while it is deployed',
    `${BEGUN}; shift one soak; health stable 1 4; hold modifyRule; begin operator; health stable 2 4; release; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a stable side that someone scales to zero in mid-run',
    `${BEGUN}; shift one 50; tasks 0; minutes 1; tasks 2; minutes 1`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'a stable side that dies while it has a share',
    `${BEGUN}; shift one soak; customers 0 900; decommission one; tasks 1; alarm; minutes 13; health stable 0 1; minutes 1`,
    'one rolling_back 2, 100/100, one: rollback waits for capacity',
  ],
  [
    'a ledger that takes no write for ten minutes',
    `${BEGUN}; fails fence 9; alarm; minutes 10`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
  [
    'weights of zero by hand after completion',
    `${BEGUN}; shift one complete; complete one; succeeded one; rule rest zero; minutes 12`,
    'one completed 1, 100/-, one: warning',
  ],
  [
    'customers given to a stable side without tasks after completion',
    `${BEGUN}; shift one complete; complete one; succeeded one; tasks 0; console 0; minutes 12`,
    'one completed 1, 0/0, one: warning',
  ],
  [
    'an approval that arrives after the rollback',
    `${BEGUN}; shift one soak; signoff one soak; operator; decommission one; shift one complete; complete one; minutes 2`,
    'one rolled_back 2, 0/0, one: rolled back',
  ],
];

describe('an attack ends as the description says:', () => {
  it.each(SCHEDULES)('%s', async (_what, commands, end) => {
    expect(endOf(await retell(commands.replaceAll('; ', '\n\n')))).toBe(end);
  });
});

/** What somebody or something does again every minute. */
const everyMinute = (minutes: number, deed: string) => Array(minutes).fill(`${deed}; minutes 1`).join('; ');

/** The messages to people while something lasts: the first one comes within a minute. */
const LASTING: readonly (readonly [what: string, before: string, lasting: string, times: number, told: string])[] = [
  ['weights by another controller', RETURNED, everyMinute(30, 'console 50'), 3, 'one: warning'],
  ['the same, without any run', 'minutes 1', everyMinute(30, 'console 50'), 3, 'gateway: rolled back'],
  [
    'the same, while stable has two of four targets',
    `${RETURNED}; health stable 2 4`,
    everyMinute(30, 'console 50'),
    3,
    'one: warning',
  ],
  ['a rule that a template writes back', RETURNED, everyMinute(30, 'rule rest foreign'), 3, 'one: warning'],
  ['stickiness that a template writes back', RETURNED, everyMinute(30, 'rule rest sticky'), 3, 'one: warning'],
  ['tasks that an autoscaler removes', `${BEGUN}; operator; minutes 1`, everyMinute(12, 'tasks 1'), 2, 'one: capacity'],
  [
    'a return without a lease that finds no stable target',
    `${BEGUN}; shift one soak; lease missing; health stable 0`,
    everyMinute(30, 'customers 0 900'),
    3,
    'gateway: rollback waits for capacity',
  ],
  [
    'a stable side that dies after its return',
    `${BEGUN}; operator; health stable 0`,
    everyMinute(30, 'customers 0 0'),
    3,
    'one: warning',
  ],
  [
    'weights of a completed cutover after a rollback',
    `${RETURNED}; console final`,
    everyMinute(30, 'customers 0 900'),
    3,
    'one: warning',
  ],
  [
    'the same, while the ledger takes no write',
    `${RETURNED}; console final; fails remind 99; minutes 9; seconds 1`,
    everyMinute(30, 'customers 0 900'),
    3,
    'one: warning',
  ],
  [
    'rules that cannot be written, seen by two watchdogs',
    `${BEGUN}; fails modifyRule 9999; operator`,
    everyMinute(25, 'again'),
    3,
    'one: NOT rolled back yet',
  ],
  [
    'weights by hand that a ledger without writes cannot fence',
    `${BEGUN}; fails fence 99; fails remind 99; console 50`,
    everyMinute(28, 'customers 900 0'),
    3,
    'gateway: rolled back',
  ],
];

describe('of what lasts, people are told at once and then every ten minutes:', () => {
  it.each(LASTING)('%s', async (_what, before, lasting, times, subject) => {
    const told = async (commands: string) => {
      const story = await retell(commands.replaceAll('; ', '\n\n'));
      return [...story.matchAll(/^told: Crossfade (.*)$/gm)].map(([, line]) => line);
    };
    const { length: earlier } = await told(before);
    const [first] = lasting.split('; minutes 1; ');
    expect((await told(`${before}; ${first}; minutes 1`)).slice(earlier)).toEqual([subject]);
    expect((await told(`${before}; ${lasting}`)).slice(earlier)).toEqual(Array(times).fill(subject));
  });
});

function endOf(told: string): string {
  const last = (shape: RegExp) => [...told.matchAll(shape)].at(-1)?.slice(1) ?? [];
  const owner = last(/^lease: (none|\S+ \w+)(?:, generation (\d+))?/gm)
    .filter(Boolean)
    .join(' ');
  const [rules = 'safe: candidate 0; rest: candidate 0'] = last(/^listener: (.*)$/gm);
  const shares = rules.split('; ').map((rule) => {
    const weights = [...rule.matchAll(/(\w+) (\d+)/g)].map(([, role, weight]) => [role, Number(weight)] as const);
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    const candidate = weights.filter(([role]) => role === 'candidate' || role === 'mirrorReverse');
    return total === 0 ? '-' : (100 * candidate.reduce((sum, [, weight]) => sum + weight, 0)) / total;
  });
  return [owner, shares.join('/'), last(/^told: Crossfade (.*)$/gm)[0] ?? 'nobody is told'].join(', ');
}
