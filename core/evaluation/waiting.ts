/**
 * While people are asked, and while the stable side's tasks go, the run itself looks at nothing for days. What would have ended the phase before is
 * looked for all the same.
 */
import { judgeAlone, settled } from '../gate/index.ts';
import type { MinuteEvidence, Phase } from '../model/index.ts';
import { soakPolicyOf } from './canary.ts';
import type { PresentRun } from './evidence.ts';
import { judgedEitherWay, observeMirror } from './mirrored-customers.ts';

/** Phases that only the watchdog evaluates, and in which a rollback still costs nothing. */
export const WAITING_PHASES: readonly Phase[] = ['shadowSignoff', 'finalSignoff', 'decommission'];

export interface Alarming {
  readonly calls: 'rollback' | 'closeMirror';
  /** A sentence with the figure that decided. */
  readonly reason: string;
}

/** @param asked the run as it was when people were asked, its phase the one before @param minutes since that phase began */
export function lookWhileWaiting(asked: PresentRun, minutes: readonly MinuteEvidence[], now: number): Alarming | null {
  const known = settled(minutes, now, asked.plan.gate.settleAfter);
  if (asked.phase === 'soak') return judgeCandidate(asked, known);
  const mirrored = observeMirror(asked, known);
  return mirrored === null ? null : { calls: 'closeMirror', reason: mirrored.observation.reason };
}

/** As in the soak: failures that only those meet who come through the mirror close it. */
function judgeCandidate(asked: PresentRun, known: readonly MinuteEvidence[]): Alarming | null {
  const judged = (minutes: readonly MinuteEvidence[]) => judgeAlone(minutes, soakPolicyOf(asked), asked.baseline);
  const { everybody, direct } = judgedEitherWay(known, judged, ({ decision }) => decision === 'rollback');
  if (everybody.decision !== 'rollback') return null;
  return { calls: direct === null ? 'rollback' : 'closeMirror', reason: everybody.reason };
}
