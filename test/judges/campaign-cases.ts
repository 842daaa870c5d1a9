/** The cases that are played on the campaigns' machine: every outcome of an evaluation. */
import type { Answer, Script } from './scripted-functions.ts';
import type { Case } from './scripts.ts';

/** Answers an evaluation by its number, from 1. */
type Looks = (look: number, run: Readonly<Record<string, unknown>>) => Answer;

const answers =
  (more: Readonly<Record<string, unknown>>): Looks =>
  (_look, run) => ({
    returns: { ...run, waitSeconds: 1, message: 'as scripted', ...more },
  });
/** Answers the first evaluation with `then` and all others with `rest`. */
const first =
  (then: Looks, rest: Looks = answers({ next: 'completed' })): Looks =>
  (look, run) =>
    (look === 1 ? then : rest)(look, run);
const script =
  (looks: Looks): Script =>
  (_state, look, run) =>
    looks(look, run);

export function campaignCases(): Case[] {
  const look = answers({ next: 'look' });
  const outcomes: Readonly<Record<string, Looks>> = {
    'completes at once': answers({ next: 'completed' }),
    'completes after a look': first(look),
    'goes on in another execution': answers({ next: 'continued' }),
    'has failed': answers({ next: 'failed' }),
    'has failed without a sentence': answers({ next: 'failed', message: undefined }),
    'says a word that nobody knows': answers({ next: 'elsewhere' }),
    'finds nothing to read': answers({ next: undefined }),
    'is told to wait for a text': answers({ next: 'look', waitSeconds: 'soon' }),
    'is not told how long to wait': answers({ next: 'look', waitSeconds: undefined }),
    'answers more than 256 KiB': answers({ large: 'x'.repeat(270_000), next: 'completed' }),
    'refuses its campaign': () => ({ throws: 'Crossfade.InvalidPlan' }),
    'cannot read its state': () => ({ throws: 'ZodError' }),
    'fails once': first(() => ({ throws: 'Crossfade.Transient' })),
    'is throttled once': first(() => ({ refused: 'TooManyRequestsException' })),
    'fails at every try': () => ({ throws: 'Crossfade.Transient' }),
    'is stopped at work': (_look, run) => ({ stopped: 'meanwhile', returns: { ...run, next: 'look', waitSeconds: 1 } }),
    'is stopped while it waits': (_look, run) => ({
      stopped: 'afterwards',
      returns: { ...run, next: 'look', waitSeconds: 100_000 },
    }),
  };
  return Object.entries(outcomes).map(([outcome, looks]) => ({ state: 'Look', outcome, script: script(looks) }));
}
