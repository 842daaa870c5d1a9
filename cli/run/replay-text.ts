/** A replay for people: the important evaluations, the outcome of each phase, and the conclusion. */
import type { DecisionLogHeader, Plan } from '../../core/model/index.ts';
import type { Ended, ReplayedLook, ReplayedPhase, ReplaySummary } from '../../core/phases/index.ts';
import { plain } from '../shared/index.ts';

/** A log that was read and decided again. */
export interface Replayed {
  readonly header: DecisionLogHeader;
  readonly looks: readonly ReplayedLook[];
  readonly summary: ReplaySummary;
}

export function replayText({ header, looks, summary }: Replayed, plan: Plan | null, all: boolean): string {
  const under = plan === null ? 'its own plan' : 'the other plan';
  const shown = looks.filter((look) => all || matters(look));
  return [
    `Cutover ${header.cutoverId} on ${header.ingressId}, replayed under ${under}.`,
    '',
    ...(shown.length === 0
      ? ['Every evaluation held, both as recorded and as replayed.']
      : [
          row('time', 'phase', 'recorded', under, 'reason'),
          ...shown.map((l) =>
            row(l.at, l.name, l.recorded.decision, l.replayed?.decision ?? '(no such stage)', figure(l)),
          ),
        ]),
    ...(shown.length < looks.length
      ? [`(${looks.length - shown.length} more evaluations held both times; --all shows them)`]
      : []),
    '',
    ...summary.phases.map(phaseLine),
    ...(summary.rollback === null
      ? []
      : [`The recorded run was rolled back at ${summary.rollback.at}: ${plain(summary.rollback.message)}`]),
    ...summary.refused.map((reason) => `The baseline would have rejected this plan: ${reason}.`),
    ...summary.limits.map((limit) => `The log cannot tell: ${limit}`),
    ...(summary.incomplete === 0
      ? []
      : [
          `${summary.incomplete} evaluations used minutes that arrived too late for the log; their figures may differ slightly.`,
        ]),
    conclusion(summary.changed, summary.differing, looks.length, plan === null),
  ].join('\n');
}

function matters({ recorded, replayed }: ReplayedLook): boolean {
  return recorded.decision !== 'hold' || (replayed !== null && replayed.decision !== 'hold');
}

function row(...[at = '', phase = '', recorded = '', replayed = '', figure = '']: string[]): string {
  return [at.padEnd(24), phase.padEnd(12), recorded.padEnd(8), replayed.padEnd(15), figure].join('  ');
}

/** The other plan's figure if its decision differs; an equal one is not repeated. */
function figure({ recorded, replayed, reached }: ReplayedLook): string {
  const text = plain((replayed ?? recorded).reason);
  return reached ? text : `(after the rollback) ${text}`;
}

function phaseLine({ name, recorded, replayed, comparable, reached }: ReplayedPhase): string {
  const then = `${name}: ${outcome(recorded)}`;
  if (!reached) return `${then}; would not have been reached.`;
  if (!comparable) return `${then}; the plan has no such stage.`;
  if (recorded?.at === replayed?.at && recorded?.decision === replayed?.decision) return `${then}; unchanged.`;
  return `${then}; replayed: ${outcome(replayed)}${sooner(recorded, replayed)}.`;
}

function outcome(ended: Ended | null): string {
  if (ended === null) return 'still held at the last evaluation';
  const what: Record<Ended['decision'], string> = { advance: 'advanced', rollback: 'rolled back' };
  return `${what[ended.decision]} at ${ended.at}, after ${minutes(ended.seconds)}`;
}

function sooner(recorded: Ended | null, replayed: Ended | null): string {
  if (recorded === null || replayed === null || recorded.seconds === replayed.seconds) return '';
  const by = replayed.seconds - recorded.seconds;
  return ` (${minutes(Math.abs(by))} ${by < 0 ? 'sooner' : 'later'})`;
}

function conclusion(changed: number, differing: number, looks: number, own: boolean): string {
  if (changed > 0) return `${changed} of ${looks} decisions would have been different.`;
  if (differing === 0) return `All ${looks} decisions match the recorded ones, figures included.`;
  return own
    ? `All ${looks} decisions match the recorded ones, but the figures of ${differing} differ: was the log written by another version of the gate?`
    : `All ${looks} decisions match the recorded ones; the figures of ${differing} differ.`;
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`;
}
