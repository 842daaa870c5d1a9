/**
 * Reports failures of AWS, the network and files in terms of the command: what happened, what was changed, and what to
 * do.
 */
import { CrossfadeError, describeError, describeTrouble, unnamedCause } from '../../core/model/index.ts';
import { plainLines } from '../../input/index.ts';
import { EXIT } from './exit-codes.ts';
import { errorNames, type Failure, toldFailure } from './failure-kinds.ts';
import { Interrupted } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What a command has left behind when it fails, and what its user should do; complete sentences. */
export interface Left {
  readonly state: string;
  readonly next: string;
}

/** A command failed. The message is written for its user, and complete. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: typeof EXIT.usage | typeof EXIT.unable;

  constructor(code: typeof EXIT.usage | typeof EXIT.unable, what: string, { state, next }: Left, cause?: unknown) {
    super(`${plainLines(what)}\n${state}\nNext: ${next}`, { cause });
    this.code = code;
  }
}

/**
 * The operations in progress, with what each would leave behind if a signal ended the process. The innermost is the
 * last.
 */
class Underway {
  /** Called when the first operation begins, and when the last has ended. */
  onChange: (isBusy: boolean) => void = () => {};
  readonly #lefts: (() => Left)[] = [];

  get left(): Left | null {
    return this.#lefts.at(-1)?.() ?? null;
  }

  async while<T>(left: () => Left, work: () => Promise<T>): Promise<T> {
    if (this.#lefts.push(left) === 1) this.onChange(true);
    try {
      return await work();
    } finally {
      this.#lefts.splice(this.#lefts.lastIndexOf(left), 1);
      if (this.#lefts.length === 0) this.onChange(false);
    }
  }
}

export const underway = new Underway();

/**
 * @param left called if `work` fails or a signal ends it: what the command has changed by then
 * @throws CommandError, UsageError or Interrupted
 */
export async function attempt<T>(
  left: (failure: { readonly refused: boolean }) => Left,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await underway.while(() => left({ refused: false }), work);
  } catch (error) {
    if (error instanceof UsageError || error instanceof CommandError || error instanceof Interrupted) throw error;
    const { code, what, first, refused } = failureOf(error);
    const { state, next } = left({ refused });
    throw new CommandError(code, what, { state, next: `${first}${next}` }, error);
  }
}

/**
 * What a command that sends one change leaves behind: where nothing was sent, or it was refused; and where its answer
 * was lost.
 */
interface LeftBySending {
  /** @default NOTHING_CHANGED */
  readonly unsent?: Left;
  readonly lost: Left;
}

/** As {@link attempt}, for work that calls `sending` before the request that changes something. */
export function attemptSending<T>(
  { unsent = NOTHING_CHANGED, lost }: LeftBySending,
  work: (sending: () => void) => Promise<T>,
): Promise<T> {
  let isSent = false;
  return attempt(
    ({ refused }) => (isSent && !refused ? lost : unsent),
    () =>
      work(() => {
        isSent = true;
      }),
  );
}

/** For commands that only read. */
export const NOTHING_CHANGED: Left = { state: 'Nothing was changed.', next: 'run it again.' };

function failureOf(error: unknown): Failure {
  const chain = causesOf(error);
  for (const cause of chain) {
    const kind = toldFailure(cause);
    if (kind !== null) return { ...kind, what: `${kind.what}${inBrackets(kind.words ?? wordsOf(chain, cause))}` };
  }
  const own = chain.find((cause) => cause instanceof CrossfadeError);
  // Its advice is for the task in which it occurred, not for this command.
  return {
    code: EXIT.unable,
    what: own instanceof CrossfadeError ? `${own.what}${because(own)}` : describeError(error),
    first: '',
    refused: false,
  };
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) {
    chain.push(at);
    if (at instanceof AggregateError && at.errors[0] instanceof Error) chain.push(at.errors[0]);
  }
  return chain;
}

/** What was being done, if known, and the client's own words. */
function wordsOf(chain: readonly Error[], cause: Error): string {
  const own = chain.find((error) => error instanceof CrossfadeError);
  const said = cause.message === '' ? errorNames(cause).join(' ') : firstLine(cause.message);
  return own instanceof CrossfadeError ? `${own.what} ${said}` : said;
}

function inBrackets(words: string): string {
  return words === '' ? '' : ` (${words})`;
}

/** AWS's clients append advice for programmers, and the operating system's message if one of their files is missing. */
function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/: Error: E[A-Z]+: .*$/, '');
}

function because(error: CrossfadeError): string {
  const cause = unnamedCause(error);
  return cause === undefined ? '' : ` (${describeTrouble(cause)})`;
}
