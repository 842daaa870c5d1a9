/** A place within a body while it is walked: linked from the inside out, so that a step costs one object. */
import { pointerStep } from '../../http/index.ts';

export interface Path {
  readonly parent: Path | null;
  /** In the stable body. */
  readonly step: Step;
  /** The same in the candidate's. */
  readonly candidateStep: Step;
}

/** A key, or the index of an element; null on the side that has an envelope less. */
type Step = string | number | null;

export function childOf(parent: Path | null, step: Step, candidateStep = step): Path {
  return { parent, step, candidateStep };
}

/** JSON pointer (RFC 6901) into one side's body; null is the whole. */
export function pointerTo(path: Path | null, side: 'stable' | 'candidate'): string {
  const steps: string[] = [];
  for (let at = path; at !== null; at = at.parent) {
    const step = side === 'stable' ? at.step : at.candidateStep;
    if (step !== null) steps.push(pointerStep(String(step)));
  }
  return steps.reverse().join('');
}

/** Name of the innermost member on the way, or empty. */
export function nameOf(path: Path | null): string {
  for (let at = path; at !== null; at = at.parent) if (typeof at.step === 'string') return at.step;
  return '';
}
