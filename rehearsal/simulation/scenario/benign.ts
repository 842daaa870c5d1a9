/** Decides which scenarios must not end a healthy run, however they unfold. */
import {
  type Fate,
  FORWARD_HANDLERS,
  type SimulatedEvent,
  type SimulatedHandler,
  type SimulatedScenario,
  type SiteName,
} from './scenario.ts';

const BENIGN: ReadonlySet<SimulatedEvent['type']> = new Set([
  'start',
  'event',
  'steer',
  'approve',
  'unwatched',
  'date',
  'stray',
  'hang-ups',
]);
const FORWARD: ReadonlySet<SimulatedHandler> = new Set(FORWARD_HANDLERS);
/** Fates that a retry must survive. */
const RETRIED: ReadonlySet<Fate> = new Set(['throttle', 'lose', 'resent']);
const DIED: ReadonlySet<Fate> = new Set(['crash', 'crash-after']);
/** How often a task whose function died is retried. */
const MOST_DEATHS = 2;
/** Services without which a run can hold, and for how many seconds in total (docs/adr/0082). */
const HELD_WITHOUT: ReadonlySet<string> = new Set(['capacity', 'metrics', 'notifier', 'executions', 'alarms']);
const LONGEST_HELD = 5 * 60;
/** By how many seconds a clock may be off while a run continues. */
const MOST_SKEW = 120;
/** The oldest readings, in seconds, that the read-back of a write outlasts. */
const LONGEST_LAG = 8;
/** With this many tasks a side can answer everybody. */
const ENOUGH_TASKS = 3;

export function isBenign(scenario: SimulatedScenario, name: SiteName): boolean {
  const items = scenario.items.filter((item) => !('site' in item) || item.site === name);
  const sum = (of: (item: SimulatedEvent) => number) => items.reduce((total, item) => total + of(item), 0);
  const ofTwo = items.some((item) => item.type === 'start' && item.second !== undefined);
  const out = sum((item) => (item.type === 'outage' ? item.for : 0));
  const full = sum((item) => (item.type === 'throttled' ? item.for : 0));
  const deaths = sum((item) => (item.type === 'call' && DIED.has(item.fate) ? 1 : 0));
  return out + full <= LONGEST_HELD && deaths <= MOST_DEATHS && items.every((item) => isHarmless(item, ofTwo));
}

function isHarmless(item: SimulatedEvent, ofTwo: boolean): boolean {
  if (item.type === 'lag') return item.lag <= LONGEST_LAG;
  if (item.type === 'skew') return Math.abs(item.seconds) <= MOST_SKEW;
  if (item.type === 'start') return !item.drill && item.second !== 'twice' && item.second !== 'silence';
  if (item.type === 'deaths' || item.type === 'sick') return item.group === 'mirror';
  if (item.type === 'call') return FORWARD.has(item.handler) && (RETRIED.has(item.fate) || DIED.has(item.fate));
  if (item.type === 'signoff') return item.answer === 'approve-refuse' && !ofTwo;
  if (item.type === 'deploy') return item.change === 'watchdog';
  if (item.type === 'throttled') return true;
  if (item.type === 'scale') return item.tasks >= ENOUGH_TASKS;
  if (item.type === 'outage') return HELD_WITHOUT.has(item.of.split('.')[0] ?? '') && RETRIED.has(item.fate);
  return BENIGN.has(item.type);
}
