/** What a comparison comes to: an exit code, and the sentence that says why. */
import type { NoisyPlace, Summary } from '../../../parity/tally/index.ts';
import { compared, totalVerdicts } from '../../../report/index.ts';
import { EXIT, FAIL_ON, type FailOn } from '../../shared/index.ts';

export interface Conclusion {
  readonly exit: typeof EXIT.ok | typeof EXIT.failed | typeof EXIT.usage;
  readonly sentence: string;
}

export interface Terms {
  /** From this class on, differences make the answer a no. */
  readonly failOn: FailOn;
  /** Files whose requests were sent, for which a capture without a stable answer makes it a no as well; null: answers were recorded before. */
  readonly sent: readonly string[] | null;
  /** What an answer was to give and did not, so that what needs it was not compared. */
  readonly unmet?: readonly string[];
  /** What the stable side varied in by itself. */
  readonly noise: readonly NoisyPlace[];
}

/** Differences outweigh lines that could not be read: they are there all the same. */
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
      sentence: `${different} of ${pairs} captures ${different === 1 ? 'differs' : 'differ'} (${classes})`,
    };
  }
  if (sent !== null && total.unmatched > 0)
    return {
      exit: EXIT.failed,
      sentence: `stable gave no answer to ${total.unmatched} of ${pairs + total.unmatched} requests`,
    };
  if (unmet.length > 0) return { exit: EXIT.failed, sentence: `${unmet.join('; ')}: what needs it was not compared` };
  if (count > 0)
    return {
      exit: EXIT.usage,
      sentence: `bad input: ${count === 1 ? '1 line' : `${count} lines`} could not be parsed; no verdict given`,
    };
  if (pairs === 0) {
    const nothing =
      sent === null ? 'there is no capture to compare' : `${sent.join(', ')} holds no request that was sent`;
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
    sentence: `${pairs === 1 ? '1 capture' : `${pairs} captures`}, no ${counted.join(' or ')} difference${gaps.join('')}`,
  };
}
