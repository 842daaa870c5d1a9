/** The conclusion of a comparison: an exit code, and the sentence that explains it. */
import { quantity } from '../../../input/index.ts';
import type { NoisyPlace, Summary } from '../../../parity/tally/index.ts';
import { compared, totalVerdicts } from '../../../report/index.ts';
import { EXIT, FAIL_ON, type FailOn } from '../../shared/index.ts';

export interface Conclusion {
  readonly exit: typeof EXIT.ok | typeof EXIT.failed | typeof EXIT.usage;
  readonly sentence: string;
}

export interface Terms {
  /** Differences of this severity or above make the result negative. */
  readonly failOn: FailOn;
  /**
   * Files whose requests were sent; a capture without a stable answer then makes the result negative, too. null if the
   * answers had been recorded before.
   */
  readonly sent: readonly string[] | null;
  /** Values that answers lacked, so that requests that need them were not compared. */
  readonly unmet?: readonly string[];
  /** What varied in stable by itself. */
  readonly noise: readonly NoisyPlace[];
}

/** Differences take precedence over unreadable lines, because they exist in any case. */
export function conclude(summary: Summary, { failOn, sent, unmet = [], noise }: Terms): Conclusion {
  const total = totalVerdicts(summary);
  const counted = FAIL_ON.slice(0, FAIL_ON.indexOf(failOn) + 1);
  const different = counted.reduce((sum, verdict) => sum + total[verdict], 0);
  const { count } = summary.unreadable;
  const pairs = compared(total);
  if (different > 0) {
    const classes = counted.map((verdict) => `${total[verdict]} ${verdict}`).join(', ');
    return {
      exit: EXIT.failed,
      sentence: `${different} of ${quantity(pairs, 'capture')} ${different === 1 ? 'differs' : 'differ'} (${classes})`,
    };
  }
  if (sent !== null && total.unmatched > 0)
    return {
      exit: EXIT.failed,
      sentence: `stable gave no answer to ${total.unmatched} of ${quantity(pairs + total.unmatched, 'request')}`,
    };
  if (unmet.length > 0) return { exit: EXIT.failed, sentence: `${unmet.join('; ')}: what needs it was not compared` };
  if (count > 0)
    return {
      exit: EXIT.usage,
      sentence: `bad input: ${count === 1 ? '1 line' : `${count} lines`} could not be parsed; no verdict given`,
    };
  if (pairs === 0) {
    const nothing = sent === null ? nothingIn(summary) : `${sent.join(', ')} holds no request that was sent`;
    return { exit: EXIT.usage, sentence: `bad input: ${nothing}` };
  }
  const alone = summary.unpaired.stable.count + summary.unpaired.candidate.count;
  const suppressed = noise.filter((place) => place.suppressed).length;
  const gaps = [
    ...(suppressed > 0 ? [`; ${suppressed === 1 ? '1 location' : `${suppressed} locations`} suppressed as noise`] : []),
    ...(total.unmatched > 0 ? [`; ${total.unmatched} without an answer from stable`] : []),
    ...(alone > 0 ? [`; ${alone === 1 ? '1 answer is' : `${alone} answers are`} in one log only`] : []),
  ];
  return {
    exit: EXIT.ok,
    sentence: `${quantity(pairs, 'capture')}, no ${counted.join(' or ')} difference${gaps.join('')}`,
  };
}

function nothingIn({ unpaired: { stable, candidate } }: Summary): string {
  if (stable.count > 0 && candidate.count > 0)
    return 'no request is in both logs; --pair-by names a header of the requests that is the same on both sides';
  if (stable.count > 0) return 'the candidate log holds no answer';
  return candidate.count > 0 ? 'the stable log holds no answer' : 'there is no capture to compare';
}
