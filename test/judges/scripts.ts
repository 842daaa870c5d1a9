/**
 * The cases that are played in both interpreters: the clean runs, and every possible outcome of each state. They are
 * made from the definition, so that a new state is played too.
 */
import * as z from 'zod';
import type { Definition, State } from '../../rehearsal/cloud/states/definition.ts';
import type { Answer, Script } from './scripted-functions.ts';

/** One outcome of one state. */
export interface Case {
  readonly state: string;
  readonly outcome: string;
  readonly script: Script;
}

/** The kinds of run that Preflight chooses from. */
const KINDS = ['proceed', 'drill'] as const;
type Kind = (typeof KINDS)[number];
/** How a case differs from a clean run: in the state itself, and in the task before it, whose output it reads. */
interface Change {
  readonly here?: Override;
  readonly before?: Override;
}
type Override = (call: number) => Answer | null;
type Outcomes = readonly (readonly [outcome: string, change: Change])[];

/** More than the 256 KiB that a state may pass on. */
const TOO_LARGE = 'x'.repeat(270_000);

const choiceSchema = z.looseObject({
  Choices: z.array(z.looseObject({ Variable: z.literal('$.next'), StringEquals: z.string(), Next: z.string() })),
  Default: z.string(),
});
const nextSchema = z.looseObject({ Next: z.string().optional() });

export function casesOf(definition: Definition): Case[] {
  const paths = KINDS.map((kind) => ({ kind, path: pathOf(definition, kind) }));
  const clean = paths.map(({ kind }) => ({ state: 'Preflight', outcome: `a clean ${kind}`, script: script(kind) }));
  return [
    ...clean,
    ...Object.entries(definition.States).flatMap(([name, state]) => {
      const found = paths.find(({ path }) => path.includes(name));
      if (found === undefined) return [];
      const before = found.path
        .slice(0, found.path.indexOf(name))
        .findLast((at) => definition.States[at]?.Type === 'Task');
      return outcomesOf(state).map(([outcome, change]) => ({
        state: name,
        outcome,
        script: script(found.kind, (at, call) => {
          if (at === name) return change.here?.(call) ?? null;
          return at === before ? (change.before?.(call) ?? null) : null;
        }),
      }));
    }),
  ];
}

/** Returns the states that a run of `kind` goes through if every task says `proceed`. */
function pathOf({ StartAt, States }: Definition, kind: Kind): string[] {
  const path: string[] = [];
  let at: string | undefined = StartAt;
  while (at !== undefined) {
    path.push(at);
    const state: State | undefined = States[at];
    if (state?.Type !== 'Choice') at = nextSchema.parse(state).Next;
    else {
      const { Choices, Default } = choiceSchema.parse(state);
      const next = at === 'Kind of run' ? kind : 'proceed';
      at = Choices.find((c) => c.StringEquals === next)?.Next ?? Default;
    }
  }
  return path;
}

/**
 * Plays a run of `kind` to its end, except for what `override` answers to a state's nth call; null if nothing differs.
 */
function script(kind: Kind, override: (state: string, call: number) => Answer | null = () => null): Script {
  return (state, call, run) => {
    const next = state === 'Preflight' ? kind : 'proceed';
    const returns = { ...run, next, waitSeconds: WAITS[state] ?? 1, reason: 'as scripted' };
    const answer = override(state, call);
    if (answer !== null)
      return 'returns' in answer ? { ...answer, returns: { ...returns, ...answer.returns } } : answer;
    return state.startsWith('Await ') ? { token: { output: { approvedBy: 'the script' } } } : { returns };
  };
}

/** `waitSeconds` before a sign-off: long, since the sign-off is answered unless a case says otherwise. */
const WAITS: Readonly<Record<string, number>> = { 'Watch exercise': 100_000, 'Watch soak': 100_000 };

function outcomesOf(state: State): Outcomes {
  if (state.Type === 'Task') return outcomesOfTask(state);
  if (state.Type === 'Wait') return state.SecondsPath === undefined ? [] : OF_A_TOLD_WAIT;
  return state.Type === 'Choice' ? outcomesOfChoice(state) : [];
}

const always =
  (answer: Answer): Override =>
  () =>
    answer;
const once =
  (answer: Answer): Override =>
  (call) =>
    call === 1 ? answer : null;
const told = (returns: Readonly<Record<string, unknown>>): Change => ({ before: once({ returns }) });

const OF_A_TOLD_WAIT: Outcomes = [
  ['is stopped', { before: once({ stopped: 'afterwards', returns: { waitSeconds: 100_000 } }) }],
  ['is not told how long', told({ waitSeconds: undefined })],
  ['is told a text', told({ waitSeconds: 'soon' })],
];

function outcomesOfTask({ Resource = '' }: State): Outcomes {
  const tokens = Resource.endsWith('.waitForTaskToken');
  const ofAll: Outcomes = [
    ['throws what nobody retries', { here: always({ throws: 'Crossfade.Unexpected' }) }],
    ['has lost its fence', { here: always({ throws: 'Crossfade.Fenced' }) }],
    ['fails once and answers', { here: once({ throws: 'Crossfade.Transient' }) }],
    ['fails until its retries are used up', { here: always({ throws: 'Crossfade.Transient' }) }],
  ];
  const stopped = { here: always({ stopped: 'meanwhile', returns: {} }) };
  const ofAnswers: Outcomes = [
    // Only for tasks without a token: with a token, the call that sends such an answer is refused.
    ['answers more than 256 KiB', { here: always({ returns: { large: TOO_LARGE } }) }],
    ['is stopped at work', stopped],
  ];
  const ofIntegrations: Outcomes = [
    ['is throttled once and answers', { here: once({ refused: 'TooManyRequestsException' }) }],
    ['is throttled until its retries are used up', { here: always({ refused: 'TooManyRequestsException' }) }],
  ];
  const ofTokens: Outcomes = [
    ['is refused by its token', { here: always({ token: { error: 'Crossfade.SignoffRefused' } }) }],
    ['is stopped at work, before its token', stopped],
    // LocalStack notices the stop only when the token times out.
    [
      'is stopped while it waits for its token',
      { here: always({ stopped: 'afterwards', returns: {} }), before: once({ returns: { waitSeconds: 6 } }) },
    ],
    ['waits for its token in vain', { here: always({ token: null }), before: once({ returns: { waitSeconds: 2 } }) }],
    ['is not told how long to wait for its token', told({ waitSeconds: undefined })],
    ['is told a text how long to wait for its token', told({ waitSeconds: 'soon' })],
  ];
  return [...ofAll, ...(Resource.includes(':states:::') ? ofIntegrations : []), ...(tokens ? ofTokens : ofAnswers)];
}

function outcomesOfChoice(state: State): Outcomes {
  const words = choiceSchema.parse(state).Choices.map((c) => c.StringEquals);
  return [
    ...words.map((next) => [`reads ${next}`, told(next === 'hold' ? { next, waitSeconds: 1 } : { next })] as const),
    ['reads a word that it does not know', told({ next: 'elsewhere' })],
    ['reads a number', told({ next: 1 })],
    ['finds nothing to read', told({ next: undefined })],
  ];
}
