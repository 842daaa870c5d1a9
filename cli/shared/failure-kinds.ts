/** Failures that get a message of their own in place of the client's or the operating system's: one table. */

import { codeOf } from '../../input/index.ts';
import { EXIT } from './exit-codes.ts';
import { fileFailure, isTemporary } from './read-file.ts';

export interface Failure {
  readonly code: typeof EXIT.usage | typeof EXIT.unable;
  readonly what: string;
  /** What to do first; ends with a semicolon, `then` and a space, or is empty. */
  readonly first: string;
  /** Whether the failed call certainly had no effect: it was never sent, or AWS rejected it. */
  readonly refused: boolean;
}

/** A failure with the text in brackets after it. @default the error's own words */
type ToldFailure = Failure & { readonly words?: string };

const REACH = 'check the region, the network and AWS_ENDPOINT_URL; then ';

const GARBLED: ToldFailure = {
  code: EXIT.unable,
  refused: false,
  what: 'The answer did not come from AWS, or could not be understood',
  words: '',
  first: 'check AWS_ENDPOINT_URL, and whether a proxy or a login page answers in its place; then ',
};

/** An answer that AWS's client accepted although it is empty: it parses a login page as empty XML. */
export class EmptyAnswerError extends Error {
  override readonly name = 'EmptyAnswerError';
}

const CLOCK: ToldFailure = {
  code: EXIT.usage,
  refused: true,
  what: 'The clock of this machine is wrong: AWS takes no request that is signed minutes before or after its own time',
  first: 'set the clock; then ',
};

/** Signatures that are too old or too new are rejected with the same error names as a wrong key. */
function isOfClock(error: Error): boolean {
  return (
    /^Signature (expired|not yet current)/.test(error.message) ||
    errorNames(error).some((name) => /^(RequestExpired|RequestTimeTooSkewed)(Exception)?$/.test(name))
  );
}

/** Failures that AWS's clients report before or in place of an answer, by the error's name or code. */
const BY_NAME: readonly (ToldFailure & { readonly is: RegExp })[] = [
  {
    is: /^(CredentialsProviderError|TokenProviderError)$/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS credentials: none were found',
    first:
      'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login` or `aws login` (`aws sts get-caller-identity` says what a profile lacks); then ',
  },
  {
    is: /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch|InvalidAccessKeyId|MissingAuthenticationToken|AuthFailure)(Exception)?$/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS credentials: they are not valid, or have expired',
    first: 'renew them (`aws sso login`, or new keys); then ',
  },
  {
    is: /^(AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden|KMSAccessDenied)(Exception)?$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS credentials: they do not allow what this command needs',
    first: 'use a role that is allowed to; then ',
  },
  {
    is: /^(Throttling|Throttled|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|PriorRequestNotComplete|SlowDown)(Exception)?$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS throttled the call',
    first: 'wait a minute; then ',
  },
  {
    is: /^(\w*NotFound|NoSuch\w+|\w+DoesNotExist)(Exception)?$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS has no such resource in this account and region',
    first: 'check --ingress or --deployment, the region and the account; then ',
  },
  {
    is: /^Crossfade\.LedgerUnavailable$/,
    code: EXIT.unable,
    refused: true,
    what: 'The ledger cannot be used',
    first:
      '`crossfade rollback` needs no lease; docs/how-to/after-a-rollback-that-did-not-end.md says how to mend the ledger; then ',
  },
  {
    is: /^KMS(InvalidState|Disabled)(Exception)?$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS could not use the KMS key of the resource: it is disabled, or waits for its deletion',
    first: 'enable the key, or cancel its deletion; then ',
  },
  {
    is: /^(OptInRequired|SubscriptionRequired)(Exception)?$/,
    code: EXIT.unable,
    refused: true,
    what: 'The service is not enabled for this account in this region',
    first: 'check the account and the region; then ',
  },
  {
    is: /^(InternalServerError|InternalFailure|InternalError|ServiceUnavailable)(Exception)?$/,
    code: EXIT.unable,
    refused: false,
    what: 'AWS failed to answer',
    first: 'wait a minute; then ',
  },
  {
    is: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|CERT_\w+)$/,
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
  {
    is: /^(\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w*(CERT|SIGNATURE)\w*|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO)$/,
    code: EXIT.unable,
    refused: true,
    what: 'AWS could not be reached: the TLS certificate of what answered is not trusted',
    first: 'check AWS_ENDPOINT_URL, and whether a proxy is in between (NODE_EXTRA_CA_CERTS names its authority); then ',
  },
  {
    is: /^ERR_INVALID_URL$/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS_ENDPOINT_URL, or an endpoint of the profile, is not a URL',
    words: '',
    first: 'set it to a URL such as http://127.0.0.1:4566, or unset it; then ',
  },
];

/** Failures without a specific name, by message. */
const BY_MESSAGE: readonly (ToldFailure & { readonly is: RegExp })[] = [
  {
    is: /^Region is missing$|^Region not accepted: region=""/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS region: none is set',
    words: '',
    first: 'set AWS_REGION, or AWS_PROFILE to a profile that exists and has a region; then ',
  },
  {
    is: /requires multi-factor authentication/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS credentials: the role of the profile requires an MFA code, which this command cannot ask for',
    words: '',
    first: 'let the AWS CLI ask for it: `eval "$(aws configure export-credentials --format env)"`; then ',
  },
  {
    is: /^Region not accepted/,
    code: EXIT.usage,
    refused: true,
    what: 'AWS region: the region that is set does not exist',
    first: 'set AWS_REGION, or the region of the profile, to one such as eu-central-1; then ',
  },
  { is: /Deserialization error|^@aws-sdk XML parse error/, ...GARBLED },
];

/** For an error without its causes; null for one whose own message is good enough. */
export function toldFailure(error: Error): ToldFailure | null {
  if (error instanceof EmptyAnswerError) return GARBLED;
  if (isOfClock(error)) return CLOCK;
  const told =
    BY_MESSAGE.find(({ is }) => is.test(error.message)) ??
    BY_NAME.find(({ is }) => errorNames(error).some((name) => is.test(name)));
  if (told !== undefined) return told;
  const file = fileFailure(error);
  const first = isTemporary(error) ? 'set TMPDIR to a folder with room in which this user may write; then ' : '';
  if (file !== null) return { code: EXIT.unable, refused: false, what: file, words: '', first };
  const status = statusOf(error);
  if (!/^Unknown(Error)?$/.test(error.name) || status === null) return null;
  return status < 500
    ? { ...GARBLED, words: `HTTP ${status}` }
    : { ...GARBLED, what: 'AWS failed to answer', words: `HTTP ${status}`, first: 'wait a minute; then ' };
}

export function errorNames(error: Error): string[] {
  const code = codeOf(error);
  return code === null ? [error.name] : [error.name, code];
}

/** The HTTP status that AWS's client has stored. */
function statusOf(error: Error): number | null {
  const metadata = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}
