/**
 * A place within a body during the walk. It is a linked list from the innermost step outwards, so that a step costs one
 * object.
 */
import { pointerStep } from '../../http/index.ts';
import type { Side } from '../../sides/index.ts';

export interface Path {
  readonly parent: Path | null;
  /** Step in the stable body. */
  readonly step: Step;
  /** Step in the candidate's body. */
  readonly candidateStep: Step;
}

/** A key, or the index of an element; null on the side that lacks an envelope. */
type Step = string | number | null;

export function childOf(parent: Path | null, step: Step, candidateStep = step): Path {
  return { parent, step, candidateStep };
}

/** JSON pointer (RFC 6901) into one side's body. The path null stands for the whole. */
export function pointerTo(path: Path | null, side: Side): string {
  const steps: string[] = [];
  for (let at = path; at !== null; at = at.parent) {
    const step = side === 'stable' ? at.step : at.candidateStep;
    if (step !== null) steps.push(pointerStep(String(step)));
  }
  return steps.reverse().join('');
}

/** Name of the innermost member on the path, or empty. */
export function nameOf(path: Path | null): string {
  for (let at = path; at !== null; at = at.parent) if (typeof at.step === 'string') return at.step;
  return '';
}
