/**
 * While people are asked, and while stable's tasks are removed, the run itself evaluates nothing for days. Conditions
 * that would have ended the phase before are checked nevertheless.
 */
import { judgeAlone, settled } from '../gate/index.ts';
import type { Deployment, MinuteEvidence, Phase } from '../model/index.ts';
import { soakPolicyOf } from './canary.ts';
import type { PresentRun } from './evidence.ts';
import { type GuardEvidence, stopWhileWaiting } from './hard-stops.ts';
import { judgedEitherWay, observeMirror } from './mirrored-customers.ts';

/** Phases that only the watchdog evaluates, and in which a rollback still has no cost. */
export const WAITING_PHASES: readonly Phase[] = ['shadowSignoff', 'finalSignoff', 'decommission'];

export interface Alarming {
  readonly calls: 'rollback' | 'closeMirror';
  /** A sentence with the figure that decided. */
  readonly reason: string;
}

/**
 * What a look takes: alarms by their level, for a transition comes once and may be lost, and the minutes since the
 * phase before began.
 */
export interface WaitingEvidence extends GuardEvidence {
  readonly minutes: readonly MinuteEvidence[];
}

/** @param asked the run as it was when people were asked, its phase the one before; its split the one of now */
export function lookWhileWaiting(
  deployment: Deployment,
  asked: PresentRun,
  seen: WaitingEvidence,
  now: number,
): Alarming | null {
  const stop = stopWhileWaiting(deployment, asked, seen);
  if (stop !== null) return { calls: 'rollback', reason: stop };
  const known = settled(seen.minutes, now, asked.plan.gate.settleAfter);
  if (asked.phase === 'soak') return judgeCandidate(asked, known);
  const mirrored = observeMirror(asked, known);
  return mirrored === null ? null : { calls: 'closeMirror', reason: mirrored.observation.reason };
}

/**
 * As in the soak, failures that affect only requests through the mirror close it. Once it is closed, its old minutes no
 * longer count, so the same failures are not reported again.
 */
function judgeCandidate(asked: PresentRun, known: readonly MinuteEvidence[]): Alarming | null {
  const judged = (minutes: readonly MinuteEvidence[]) => judgeAlone(minutes, soakPolicyOf(asked), asked.baseline);
  const goesBack = ({ decision }: ReturnType<typeof judged>) => decision === 'rollback';
  const { everybody, direct } =
    asked.split.mirror === null ? { everybody: judged(known), direct: null } : judgedEitherWay(known, judged, goesBack);
  if (!goesBack(everybody)) return null;
  return { calls: direct === null ? 'rollback' : 'closeMirror', reason: everybody.reason };
}
