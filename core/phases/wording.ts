/**
 * Sentences of the decision log and of notices for the reducer's transitions. Contains no logic: facts in, one sentence
 * out.
 */
import { quantity } from '../../input/index.ts';
import type { Approval, Drill, TrafficSplit } from '../model/index.ts';

/** For example `Candidate 10 %` or `Candidate 0 %, mirror 5 % forward`. */
export function describeSplit(split: TrafficSplit): string {
  const mirror = split.mirror === null ? '' : `, mirror ${split.mirror.percent} % ${split.mirror.face}`;
  return `Candidate ${split.candidatePercent} %${split.cohort === true ? ' and the cohort' : ''}${mirror}`;
}

/** `name`, or `name: comment`. */
export function describeApproval({ approvedBy, comment }: Approval): string {
  return `${approvedBy}${comment === '' ? '' : `: ${comment}`}`;
}

/** A time that is only estimated, such as `35 min` or `2.5 h`. @param seconds 0 or more */
export function roughly(seconds: number): string {
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

export const WORDING = {
  capacityPinned: (tasks: number) => `Scale-in of the stable service is suspended at ${quantity(tasks, 'task')}.`,
  weightsConfirmed: (split: TrafficSplit) => `${describeSplit(split)}, verified (re-read from the ALB).`,
  exerciseStarted: 'Load and chaos tests are running against the mirror.',
  awaitingShadowSignoff: 'Waiting for approval to start the canary.',
  awaitingFinalSignoff: 'Waiting for final approval.',
  canaryApproved: (approval: Approval) => `Canary approved by ${describeApproval(approval)}.`,
  finallyApproved: (approval: Approval) => `Final approval given by ${describeApproval(approval)}.`,
  steppedDown: (reason: string) => `${reason} Shadow captures are kept until the retention period ends.`,
  drillWaiting: ({ alarm }: Drill) => `Waiting for alarm ${alarm} to roll the drill back.`,
  drillTripped: ({ alarm, percent }: Drill) => `Tripping alarm ${alarm} with ${percent} % on the candidate.`,
  completed: 'The cutover is complete.',
  unexpected: (phase: string, event: string) => `Phase ${phase} does not expect ${event}.`,
  defect: 'report this as a bug of Crossfade, with the execution history.',
} as const;
