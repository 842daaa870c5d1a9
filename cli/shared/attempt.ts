/** Failures of AWS, the network and files in the words of the command that met them: what happened, what was changed, what to do. */
import { CrossfadeError, describeError } from '../../core/model/index.ts';
import { plainLines } from '../../input/index.ts';
import { EXIT } from './exit-codes.ts';
import { Interrupted } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What a command has left behind when it fails, and what its user does then; whole sentences. */
export interface Left {
  readonly state: string;
  readonly next: string;
}

/** A command that could not be done. The message is for its user and complete. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: typeof EXIT.usage | typeof EXIT.unable;

  constructor(code: typeof EXIT.usage | typeof EXIT.unable, what: string, { state, next }: Left, cause?: unknown) {
    super(`${plainLines(what)}\n${state}\nNext: ${next}`, { cause });
    this.code = code;
  }
}

/** @param left asked when `work` fails: what the command has changed by then @throws CommandError, UsageError or Interrupted */
export async function attempt<T>(
  left: (failure: { readonly refused: boolean }) => Left,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError || error instanceof CommandError || error instanceof Interrupted) throw error;
    const { code, what, first, refused } = failureOf(error);
    const { state, next } = left({ refused });
    throw new CommandError(code, what, { state, next: `${first}${next}` }, error);
  }
}

/** For commands that only read. */
export const NOTHING_CHANGED: Left = { state: 'Nothing was changed.', next: 'run it again.' };

interface Failure {
  readonly code: typeof EXIT.usage | typeof EXIT.unable;
  readonly what: string;
  /** What to do before anything else; ends with a comma and a space, or is empty. */
  readonly first: string;
  /** The call that failed had no effect for certain: it was never sent, or AWS turned it away. */
  readonly refused: boolean;
}

const REACH = 'check the region, the network and AWS_ENDPOINT_URL; then ';

/** Failures that AWS's clients report before or instead of an answer; by the name or the code of the error. */
const KINDS: readonly (Failure & { readonly is: RegExp })[] = [
  {
    is: /^(CredentialsProviderError|TokenProviderError)$/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS credentials: none were found',
    first: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`; then ',
  },
  {
    is: /^(ExpiredToken(Exception)?|UnrecognizedClient(Exception)?|InvalidClientTokenId|InvalidSignature(Exception)?|SignatureDoesNotMatch|InvalidAccessKeyId)$/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS credentials: they are not valid, or have expired',
    first: 'renew them (`aws sso login`, or new keys); then ',
  },
  {
    is: /^(AccessDenied(Exception)?|UnauthorizedOperation|KMSAccessDeniedException)$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS credentials: they do not allow what this command needs',
    first: 'use a role that is allowed to; then ',
  },
  {
    is: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_\w+)$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS could not be reached',
    first: REACH,
  },
  {
    is: /^(ECONN\w+|ETIMEDOUT|EPIPE|TimeoutError|AbortError|UND_ERR_\w+)$/,
    code: EXIT.unable,
    refused: false,
    what: 'AWS did not answer',
    first: REACH,
  },
];

const REGION = {
  code: EXIT.usage,
  what: 'AWS region: none is set',
  first: 'set AWS_REGION, or a region in the profile; then ',
  refused: true,
} as const;

function failureOf(error: unknown): Failure {
  const chain = causesOf(error);
  for (const cause of chain) {
    if (cause.message === 'Region is missing') return REGION;
    const kind = KINDS.find(({ is }) => namesOf(cause).some((name) => is.test(name)));
    if (kind !== undefined) return { ...kind, what: `${kind.what} (${wordsOf(chain, cause)})` };
  }
  const own = chain.find((cause) => cause instanceof CrossfadeError);
  // Its advice is for the task that met it, not for this command.
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

function namesOf(error: Error): string[] {
  return 'code' in error && typeof error.code === 'string' ? [error.name, error.code] : [error.name];
}

/** What was being done, where that is known, and the client's own words. */
function wordsOf(chain: readonly Error[], cause: Error): string {
  const own = chain.find((error) => error instanceof CrossfadeError);
  const said = cause.message === '' ? namesOf(cause).join(' ') : cause.message;
  return own instanceof CrossfadeError ? `${own.what} ${said}` : said;
}

function because({ cause }: CrossfadeError): string {
  return cause === undefined ? '' : ` (${describeError(cause)})`;
}
