/** Decisions and alarms in chronological order, and the instants among them that every chart marks. */
import { describeKind, describePlace, fromIso, type Lease, type LogEntry, planIn } from '../../core/model/index.ts';
import type { ChartMark } from './chart-view.ts';
import type { DecisionRow, Tone } from './page-view.ts';

/** A change of an alarm's state. */
export interface AlarmChange {
  readonly at: number;
  readonly name: string;
  readonly to: string;
  readonly reason: string;
}

export function decisionRows(log: readonly LogEntry[], alarms: readonly AlarmChange[]): DecisionRow[] {
  const plan = planIn(log);
  return [
    ...log.map(
      (e): DecisionRow => ({
        at: fromIso(e.at),
        kind: describeKind(e.kind),
        where: describePlace(e, plan?.stages[e.stage]?.percent),
        by: e.by,
        text: e.message,
        tone: toneOf(e),
      }),
    ),
    ...alarms.map(
      (a): DecisionRow => ({
        at: a.at,
        kind: `alarm ${a.to}`,
        where: '',
        by: a.name,
        text: a.reason,
        tone: a.to === 'ALARM' ? 'bad' : 'plain',
      }),
    ),
  ].sort((a, b) => a.at - b.at);
}

function toneOf({ kind, phase }: LogEntry): Tone {
  if (kind === 'rollback' || kind === 'refused') return 'bad';
  if (kind === 'warning' || kind === 'steering') return 'warn';
  if (kind === 'verified' || kind === 'approval' || phase === 'complete') return 'good';
  return kind === 'weights' || kind === 'phase' ? 'busy' : 'plain';
}

export interface InjectedFault {
  readonly text: string;
  readonly at: number | null;
}

/**
 * Changes of the candidate's share, interventions of people, the fault, and the rollback. The labels are short, because
 * every chart shows them.
 */
export function marksOf(log: readonly LogEntry[], lease: Lease | null, fault: InjectedFault | null): ChartMark[] {
  const marks: ChartMark[] = [];
  let share = 0;
  for (const entry of log) {
    const percent = candidatePercent(entry);
    if (percent !== null && percent !== share) {
      marks.push({ x: fromIso(entry.at), label: `${percent} %`, color: 'muted' });
      share = percent;
    }
    if (entry.kind === 'steering')
      marks.push({ x: fromIso(entry.at), label: steeringMark(entry.message), color: 'violet' });
    if (entry.kind === 'approval') marks.push({ x: fromIso(entry.at), label: 'approved', color: 'violet' });
  }
  if (fault?.at != null) marks.push({ x: fault.at, label: `fault ${fault.text}`, color: 'bad' });
  const rollback = lease?.rollback ?? null;
  if (rollback !== null) {
    marks.push({ x: fromIso(rollback.requestedAt), label: 'rollback', color: 'bad' });
    if (rollback.confirmedAt !== null)
      marks.push({ x: fromIso(rollback.confirmedAt), label: 'weights restored', color: 'teal' });
  }
  return marks.sort((a, b) => a.x - b.x);
}

const STEERING_MARKS: readonly (readonly [RegExp, string])[] = [
  [/^Paused /, 'paused'],
  [/^Resumed /, 'resumed'],
  [/ starts again /, 'restarted'],
  [/ override|without its evidence/, 'override'],
  [/ advances /, 'promoted'],
];

/** The log holds what was asked as a sentence only, and after it the asker's own reason. */
function steeringMark(message: string): string {
  const [asked = ''] = message.split(' Reason: ', 1);
  return STEERING_MARKS.find(([is]) => is.test(asked))?.[1] ?? 'steered';
}

/** The candidate's share according to an entry about weights; null for other entries. */
export function candidatePercent({ kind, data }: LogEntry): number | null {
  if (kind !== 'weights' || typeof data !== 'object' || data === null || !('split' in data)) return null;
  const { split } = data;
  if (typeof split !== 'object' || split === null || !('candidatePercent' in split)) return null;
  return typeof split.candidatePercent === 'number' ? split.candidatePercent : null;
}
