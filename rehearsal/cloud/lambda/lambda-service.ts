/**
 * Lambda as its callers see it: synchronous and asynchronous invocation by name or ARN, and the settings of functions.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */

import { asError } from '../../../input/index.ts';
import type { VirtualClock } from '../../clock/index.ts';
import type { Fault, RawAnswer, RawRequest } from '../wire/index.ts';
import { FunctionError, type LocalFunction } from './lambda.ts';

/** A version or an alias. */
const QUALIFIER = /^[\w$.-]{1,128}$/;

/** Simulated waits before the second and the third attempt of an asynchronous invocation. */
const RETRY_MS = [60_000, 120_000];

export interface LambdaServiceOptions {
  readonly clock: VirtualClock;
  readonly faultOf: (service: string, operation: string) => Fault | null;
  /** Called for each failed attempt of an asynchronous invocation, about which nobody else is notified. */
  readonly onAsyncFailure: (functionName: string, error: string) => void;
  /** The answer of GetAccountSettings. @default nothing */
  readonly accountLimit?: () => { readonly UnreservedConcurrentExecutions: number };
}

export class LambdaService {
  readonly functions = new Map<string, LocalFunction>();
  readonly #options: LambdaServiceOptions;
  readonly #retries = new Set<() => void>();
  #stopped = false;

  constructor(options: LambdaServiceOptions) {
    this.#options = options;
  }

  /** @throws RangeError for a name or ARN (qualified or not) that no function has */
  find(nameOrArn: string): LocalFunction {
    const parts = nameOrArn.split(':');
    const at = parts.indexOf('function');
    const found = this.functions.get((at >= 0 ? parts[at + 1] : parts[0]) ?? '');
    if (found === undefined) throw new RangeError(`Function not found: ${nameOrArn}`);
    return found;
  }

  /** Starts every function, so that none is cold when it is first invoked. */
  async warm(): Promise<void> {
    await Promise.all([...this.functions.values()].map((each) => each.warm()));
  }

  /** Real milliseconds that the longest of the present invocations has lasted; 0 if there is none. */
  get longestMs(): number {
    return Math.max(0, ...[...this.functions.values()].map((each) => each.longestMs));
  }

  /** An invocation by a caller within the cloud: the state machine, or a Firehose stream. @throws FunctionError */
  async invoke(nameOrArn: string, event: unknown): Promise<unknown> {
    const fault = this.#options.faultOf('lambda', 'Invoke');
    if (fault === 'throttle') throw new FunctionError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    if (fault === 'hang') throw new FunctionError('Lambda.SdkClientException', 'the invocation timed out');
    if (fault === 'fail') throw new FunctionError('Lambda.ServiceException', 'injected failure');
    const result = await this.#find(nameOrArn).invoke(event);
    if (fault !== null) throw new FunctionError('Lambda.SdkClientException', 'the answer was lost');
    return result;
  }

  /**
   * Asynchronous invocation, with two further attempts as in Lambda: one simulated minute and then two minutes later.
   */
  invokeLater(nameOrArn: string, event: unknown, attempt = 0): void {
    this.invoke(nameOrArn, event).catch((error: unknown) => {
      if (this.#stopped) return;
      const failure =
        error instanceof FunctionError ? error.failure : { errorType: 'Error', errorMessage: String(error) };
      const name = nameOrArn.split(':')[6] ?? nameOrArn;
      this.#options.onAsyncFailure(name, `${failure.errorType}: ${failure.errorMessage}`);
      const wait = RETRY_MS[attempt];
      if (wait === undefined) return;
      const cancel = this.#options.clock.after(wait, () => {
        this.#retries.delete(cancel);
        this.invokeLater(nameOrArn, event, attempt + 1);
      });
      this.#retries.add(cancel);
    });
  }

  /** A request of the REST API. Faults are injected by the endpoint there. */
  readonly request = async (request: RawRequest): Promise<RawAnswer> => {
    const { path } = request;
    const { searchParams } = new URL(path, 'http://local');
    const unread = [...searchParams.keys()].find((key) => key !== 'Qualifier');
    if (unread !== undefined) return refused(400, 'InvalidParameterValueException', `${unread} is not known here`);
    const qualifier = searchParams.get('Qualifier');
    if (qualifier !== null && !QUALIFIER.test(qualifier))
      return refused(400, 'InvalidParameterValueException', `${qualifier} is no version and no alias`);
    const name = decodeURIComponent(/functions\/([^/?]+)\//.exec(path)?.[1] ?? '');
    if (path.includes('/account-settings')) return answer(200, { AccountLimit: this.#options.accountLimit?.() ?? {} });
    if (name === '')
      return answer(200, { Functions: [...this.functions.values()].map((fn) => this.#configuration(fn)) });
    if (!path.includes('/configuration')) return this.#invocation(name, request);
    try {
      return answer(200, this.#configuration(this.find(name)));
    } catch (error) {
      return notFound(error);
    }
  };

  async #invocation(name: string, { headers, body }: RawRequest): Promise<RawAnswer> {
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    try {
      const found = this.find(name);
      const event = eventOf(body);
      if (event === undefined)
        return refused(400, 'InvalidRequestContentException', 'Could not parse request body into json');
      if (type === 'DryRun') return answer(204, undefined);
      if (type === 'Event') {
        this.invokeLater(name, event);
        return answer(202, undefined);
      }
      return answer(200, await found.invoke(event), { 'x-amz-executed-version': '$LATEST' });
    } catch (error) {
      if (error instanceof FunctionError)
        return answer(200, error.failure, { 'x-amz-function-error': 'Unhandled', 'x-amz-executed-version': '$LATEST' });
      return notFound(error);
    }
  }

  #configuration({ spec: { name, roleArn, environment, timeoutSeconds } }: LocalFunction) {
    return {
      FunctionName: name,
      ...(roleArn === undefined ? {} : { Role: roleArn }),
      Timeout: timeoutSeconds,
      Environment: { Variables: environment },
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#retries) cancel();
    await Promise.all([...this.functions.values()].map((f) => f.stop()));
  }

  #find(nameOrArn: string): LocalFunction {
    try {
      return this.find(nameOrArn);
    } catch (error) {
      throw new FunctionError('Lambda.ResourceNotFoundException', asError(error).message);
    }
  }
}

function answer(status: number, result: unknown, extra: Record<string, string> = {}): RawAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...extra },
    body: result === undefined ? '' : JSON.stringify(result),
  };
}

/** undefined if the payload is not JSON. */
function eventOf(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function notFound(error: unknown): RawAnswer {
  return refused(404, 'ResourceNotFoundException', asError(error).message);
}

function refused(status: number, name: string, message: string): RawAnswer {
  return answer(status, { Type: 'User', Message: message }, { 'x-amzn-errortype': name });
}
