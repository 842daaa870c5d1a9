/**
 * The events of a simulated pair of ingresses as plain data, so that they can be drawn from a seed, shrunk, stored and
 * replayed.
 */
import * as z from 'zod';
import { SIDES } from '../../../sides/index.ts';

/** Forward tasks of the machine, which it retries when they fail, by the name of their handler's file. */
export const FORWARD_HANDLERS = [
  'preflight',
  'baseline',
  'capacity',
  'shift',
  'watch',
  'exercise',
  'signoff',
  'approved',
  'decommission',
  'complete',
] as const;

/** Functions that the machine or its triggers call. */
export const SIMULATED_HANDLERS = [
  ...FORWARD_HANDLERS,
  'rollback',
  'verify-rollback',
  'watchdog',
  'close-mirror',
  'drill',
] as const;
export type SimulatedHandler = (typeof SIMULATED_HANDLERS)[number];

/** The ingresses of a drawn scenario. */
export const SITES = ['a', 'b'] as const;
/** Name of an ingress. */
export type SiteName = string;

/**
 * What becomes of a call. `throttle`: no effect, an error. `lose`: its effect, and an error. `late`: an error, and its
 * effect up to a minute and a half later. `stale`: a reading from before the last change. `crash`, `crash-after`: the
 * function dies at this await, before or after the effect. `pause`: the function sleeps at this await for ten minutes
 * and then goes on. `deny`: no effect, and an error that no repetition mends, as where a key is disabled or a
 * permission is gone. `resent`: its effect, whose answer is lost, and once more its effect, for the client sends it
 * again. `freeze`: a pause of twenty minutes.
 */
export const FATES_OF_CALLS = ['throttle', 'lose', 'late', 'stale', 'crash', 'crash-after', 'pause', 'deny'] as const;
export const FATES = [...FATES_OF_CALLS, 'resent', 'freeze'] as const;
export type Fate = (typeof FATES)[number];

/** Calls that a handler may make, as faults name them. */
export const STEPS = [
  'ingress.read',
  'ingress.write',
  'ingress.health',
  'ledger.read',
  'ledger.claim',
  'ledger.recordIntent',
  'ledger.replaceIntent',
  'ledger.confirmIntent',
  'ledger.heartbeat',
  'ledger.recordCapacity',
  'ledger.recordTasks',
  'ledger.confirmTasks',
  'ledger.recordTold',
  'ledger.fence',
  'ledger.confirmRollback',
  'ledger.verifyRollback',
  'ledger.confirmCapacity',
  'ledger.complete',
  'ledger.recordTrip',
  'ledger.steer',
  'log.append',
  'executions.stateOf',
  'executions.stop',
  'executions.carried',
  'capacity.snapshot',
  'capacity.pin',
  'capacity.scaleStable',
  'capacity.release',
  'metrics.minutes',
  'metrics.baseline',
  'alarms.read',
  'alarms.trip',
  'parity.judge',
  'surroundings.read',
  'surroundings.rules',
  'approvals.open',
  'notifier.publish',
  'drills.last',
  'drills.keep',
  'reminders.due',
  'exercise.start',
] as const;
export type Step = (typeof STEPS)[number];

/** The first parts of the steps, which an outage names. */
export const SERVICES = [
  'ingress',
  'ledger',
  'capacity',
  'metrics',
  'notifier',
  'executions',
  'alarms',
  'log',
  'approvals',
  'surroundings',
] as const;

/** An override is a promotion without its evidence. */
export const STEERINGS = ['pause', 'resume', 'promote', 'override', 'retry'] as const;
export type SimulatedSteering = (typeof STEERINGS)[number];

/** `twice`: the first person approves again, and nobody else does. */
export const SECOND_PERSONS = ['later', 'at-once', 'twice', 'silence'] as const;
export type SecondPerson = (typeof SECOND_PERSONS)[number];

/**
 * Manual changes to a rule. `replaced` is another action, `bare` a forward to only the candidate's group, `zero` a
 * forward with all weights 0, and `ungrouped` a forward to only the candidate's group, after which the mirror's groups
 * are deleted.
 */
export const RULE_EDITS = ['gone', 'replaced', 'sticky', 'foreign', 'bare', 'zero', 'ungrouped'] as const;
export type RuleEdit = (typeof RULE_EDITS)[number];

/** Manual changes to an alarm: a state set by SetAlarmState, its actions muted or disabled, or the alarm deleted. */
export const ALARM_EDITS = ['ALARM', 'OK', 'INSUFFICIENT_DATA', 'muted', 'off', 'deleted'] as const;
export type AlarmEdit = (typeof ALARM_EDITS)[number];

/** How a sign-off is answered. */
export const ANSWERS = ['approve', 'refuse', 'silence', 'approve-refuse', 'refuse-approve'] as const;

export const DEPLOYMENTS = ['nothing', 'path', 'watchdog', 'destroy'] as const;

export const STRAYS = ['execution', 'old-alarm', 'ok'] as const;

/** What a failing service does with requests. */
export const SICKNESSES = ['fails', 'hangs', 'slow'] as const;
export type Sickness = (typeof SICKNESSES)[number];

const site = z.string().regex(/^[a-z]$/);
/** Seconds after the simulation's start. */
const at = z.number().nonnegative();
const seconds = z.number().positive();

/** One line of a scenario. */
export const itemSchema = z.discriminatedUnion('type', [
  /**
   * `second`: the plan requires two people, and this is what the second one does while the first approves. `again`:
   * with the name of the previous run.
   */
  z.strictObject({
    type: z.literal('start'),
    at,
    site,
    drill: z.boolean(),
    second: z.enum(SECOND_PERSONS).optional(),
    again: z.boolean().optional(),
  }),
  /** The answer to the n-th sign-off. Of two answers, the second comes within seconds, from somebody else. */
  z.strictObject({
    type: z.literal('signoff'),
    site,
    nth: z.int().nonnegative(),
    answer: z.enum(ANSWERS),
    after: seconds,
  }),
  /** What an operator does to the run that began last, or first. */
  z.strictObject({
    type: z.literal('operator'),
    at,
    site,
    does: z.enum(['rollback', 'abort', 'redrive', 'redrive-first']),
  }),
  /** A request to the run that holds the lease; `for` is the duration of a pause. */
  z.strictObject({ type: z.literal('steer'), at, site, asks: z.enum(STEERINGS), for: z.number().min(60) }),
  /** Somebody changes the weights by hand. */
  z.strictObject({ type: z.literal('console'), at, site, percent: z.number().min(0).max(100) }),
  /** Somebody changes one rule by hand; after `for` seconds a deployment creates it anew. */
  z.strictObject({
    type: z.literal('rule'),
    at,
    site,
    rule: z.int().min(0).max(1),
    edit: z.enum(RULE_EDITS),
    for: seconds.nullable(),
  }),
  /**
   * A foreign rule in front of the cutover's takes a share of the requests and forwards them to a group; 0: almost
   * none.
   */
  z.strictObject({
    type: z.literal('thief'),
    at,
    site,
    group: z.enum(SIDES),
    share: z.number().min(0).max(1),
    for: seconds,
  }),
  /** Somebody changes an alarm by hand. */
  z.strictObject({
    type: z.literal('alarm'),
    at,
    site,
    alarm: z.enum(['errors', 'unhealthy', 'mirror']),
    edit: z.enum(ALARM_EDITS),
    for: seconds,
  }),
  /** Somebody disables the watchdog's schedule. */
  z.strictObject({ type: z.literal('unwatched'), at, site, for: seconds }),
  /** A person approves the run with this number, whether or not it asks. */
  z.strictObject({ type: z.literal('approve'), at, site, run: z.int().positive() }),
  /**
   * A deployment during a run: the stack updates its rules, and its alarms start anew. `watchdog`: only that function
   * and its schedule are replaced, and for two minutes the old one runs in parallel to the new one. `destroy`: the
   * stack is to be deleted.
   */
  z.strictObject({ type: z.literal('deploy'), at, site, change: z.enum(DEPLOYMENTS) }),
  /** Targets die, and recover. */
  z.strictObject({
    type: z.literal('deaths'),
    at,
    site,
    group: z.enum(['stable', 'candidate', 'mirror']),
    share: z.number().gt(0).max(1),
    for: seconds,
  }),
  /** Somebody, or an autoscaler, removes tasks of a side and restores them. */
  z.strictObject({
    type: z.literal('scale'),
    at,
    site,
    side: z.enum(SIDES),
    tasks: z.int().min(1),
    for: seconds,
  }),
  /** A zone is lost: half of the targets of every group of both ingresses. */
  z.strictObject({ type: z.literal('zone'), at, for: seconds }),
  /** A side, or only the mirror, fails a share of its requests. */
  z.strictObject({
    type: z.literal('sick'),
    at,
    site,
    group: z.enum(['stable', 'candidate', 'mirror']).optional(),
    how: z.enum(SICKNESSES).optional(),
    share: z.number().gt(0).max(1),
    for: seconds,
  }),
  /** The date at which the simulation begins. */
  z.strictObject({ type: z.literal('date'), utc: z.iso.datetime() }),
  /** The share of the requests on either side whose clients hang up before they have an answer. */
  z.strictObject({ type: z.literal('hang-ups'), site, rate: z.number().min(0).max(0.5) }),
  /** The lease is lost, or restored to its state of this many seconds ago. */
  z.strictObject({ type: z.literal('ledger'), at, site, ago: z.number().nonnegative().nullable() }),
  /** The clock of a handler's machine is off by this much. */
  z.strictObject({
    type: z.literal('skew'),
    site,
    handler: z.enum(SIMULATED_HANDLERS),
    seconds: z.number().min(-300).max(300),
  }),
  /** The fate of one call: the n-th of its kind by that handler. */
  z.strictObject({
    type: z.literal('call'),
    site,
    handler: z.enum(SIMULATED_HANDLERS),
    step: z.enum(STEPS),
    nth: z.int().nonnegative(),
    fate: z.enum(FATES),
  }),
  /** For a while a service fails, or one of its calls: for every handler, or for one. */
  z.strictObject({
    type: z.literal('outage'),
    at,
    site,
    of: z.enum([...SERVICES, ...STEPS]),
    handler: z.enum(SIMULATED_HANDLERS).optional(),
    fate: z.enum(['throttle', 'lose', 'stale', 'deny']),
    for: seconds,
  }),
  /** Lambda has no concurrency for a function, or for any: it is reserved at 0, or used up by others. */
  z.strictObject({
    type: z.literal('throttled'),
    at,
    site,
    handler: z.enum(SIMULATED_HANDLERS).nullable(),
    for: seconds,
  }),
  /** For a while every reading of the listener is as old as this: `lag` seconds. */
  z.strictObject({ type: z.literal('lag'), at, site, lag: z.number().positive().max(30), for: seconds }),
  /** Other tools use up the account's calls of ELBv2: this share of them is throttled. */
  z.strictObject({ type: z.literal('crowd'), at, site, share: z.number().gt(0).max(1), for: seconds }),
  /** Somebody makes a target group sticky itself, for which the rules have to be sticky before. */
  z.strictObject({ type: z.literal('cookie'), at, site, group: z.enum(SIDES), for: seconds }),
  /**
   * The rollback receives an event that does not belong to the run: of another execution, of an alarm an hour ago, of
   * one that has recovered.
   */
  z.strictObject({ type: z.literal('stray'), at, site, event: z.enum(STRAYS) }),
  /** The n-th event of an alarm or an execution is lost, late, or delivered twice. */
  z.strictObject({
    type: z.literal('event'),
    site,
    nth: z.int().nonnegative(),
    fate: z.enum(['lost', 'late', 'twice']),
    late: seconds,
  }),
]);
export type SimulatedEvent = z.infer<typeof itemSchema>;

export const scenarioSchema = z.strictObject({ seed: z.int(), items: z.array(itemSchema) });
export type SimulatedScenario = z.infer<typeof scenarioSchema>;

/** One line for each item, after a line for the seed: a story of the simulation. */
export function printScenario({ seed, items }: SimulatedScenario): string {
  const lines = items.map(({ type, ...rest }) =>
    [type, ...Object.entries(rest).map(([key, value]) => `${key}=${value}`)].join(' '),
  );
  return `seed ${seed}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** Lines that begin with `#` are comments. @throws with the number of an invalid line */
export function read(text: string): SimulatedScenario {
  let seed: number | null = null;
  const items: SimulatedEvent[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [type = '', ...fields] = line.trim().split(/\s+/);
    if (type === 'seed') {
      seed = Number(fields[0]);
      continue;
    }
    const entries = fields.map((field) => {
      const [key = '', value = ''] = field.split('=', 2);
      return [key, parsed(value)] as const;
    });
    const result = itemSchema.safeParse({ type, ...Object.fromEntries(entries) });
    if (!result.success) throw new RangeError(`line ${i + 1}: ${z.prettifyError(result.error)}`);
    items.push(result.data);
  }
  return scenarioSchema.parse({ seed, items });
}

function parsed(text: string): unknown {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
