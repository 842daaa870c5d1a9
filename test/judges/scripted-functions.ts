/**
 * Functions that answer by a script, for two interpreters: ours calls them in this process, LocalStack's over Lambda's
 * Invoke. The state of each execution names its script, and each state of the definition calls a function of its own
 * name.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { FunctionError } from '../../rehearsal/cloud/lambda/lambda.ts';

export type Answer =
  | { readonly returns: Readonly<Record<string, unknown>> }
  /** The handler throws. */
  | { readonly throws: string }
  /** Lambda itself refuses the call. */
  | { readonly refused: 'TooManyRequestsException' }
  /** The function returns, and the task's token is answered later; null if it never is. */
  | { readonly token: { readonly output: unknown } | { readonly error: string } | null }
  /** A person stops the execution: while the function works, or when it has returned and the execution waits. */
  | { readonly stopped: 'meanwhile' | 'afterwards'; readonly returns: Readonly<Record<string, unknown>> };

/** Answer of a state's function to its nth call (from 1), given the state of the run. */
export type Script = (state: string, call: number, run: Readonly<Record<string, unknown>>) => Answer;

export interface Call {
  readonly state: string;
  readonly payload: unknown;
}

/** What is done to executions from outside. */
export interface Outside {
  succeed(token: string, output: unknown): Promise<void>;
  fail(token: string, error: string): Promise<void>;
  /** Stops the execution of a script. */
  stop(script: string): Promise<void>;
  /** Whether the execution has reached a wait, or waits for a task's token. */
  waits(script: string): Promise<boolean>;
}

const PERSON_MS = 100;
/**
 * Interval of the checks whether an execution waits, in milliseconds, and their maximum number: an interpreter with
 * hundreds of executions may take seconds to get from a function's answer to the next wait.
 */
const LOOKS = { ms: 20, most: 1_000 };

const runSchema = z.looseObject({ script: z.string() });
const payloadSchema = z.union([
  runSchema.transform((run) => ({ run, token: null })),
  z.object({ input: runSchema }).transform(({ input }) => ({ run: input, token: null })),
  z.object({ state: runSchema, execution: z.string() }).transform(({ state }) => ({ run: state, token: null })),
  z.object({ state: runSchema, token: z.string() }).transform(({ state, token }) => ({ run: state, token })),
]);

/** Converts the name of a state to that of its function, and back. */
export const functionOf = (state: string) => state.replaceAll(' ', '_');
const stateOf = (functionArn: string) => (functionArn.split(':')[6] ?? '').replaceAll('_', ' ');

export class ScriptedFunctions {
  readonly #scripts: ReadonlyMap<string, Script>;
  readonly #outside: Outside;
  readonly #calls = new Map<string, Call[]>();

  constructor(scripts: ReadonlyMap<string, Script>, outside: Outside) {
    this.#scripts = scripts;
    this.#outside = outside;
  }

  get scripts(): Iterable<string> {
    return this.#scripts.keys();
  }

  callsOf(script: string): readonly Call[] {
    return this.#calls.get(script) ?? [];
  }

  /** @throws FunctionError with the name that Step Functions gives it */
  readonly invoke = async (functionArn: string, payload: unknown): Promise<unknown> => {
    const { run, token } = payloadSchema.parse(payload);
    const state = stateOf(functionArn);
    const calls = this.#calls.get(run.script) ?? [];
    this.#calls.set(run.script, [...calls, { state, payload }]);
    const answer = this.#scripts.get(run.script)?.(state, calls.filter((c) => c.state === state).length + 1, run);
    if (answer === undefined) throw new RangeError(`no script ${run.script}`);
    if ('stopped' in answer) return this.#stopped(run.script, answer);
    if ('returns' in answer) return answer.returns;
    if ('throws' in answer) throw thrown(answer.throws);
    if ('refused' in answer) throw new FunctionError(`Lambda.${answer.refused}`, 'Rate Exceeded.');
    // A person answers long after the function has returned.
    if (token !== null) void delay(PERSON_MS).then(() => this.#answer(token, answer.token));
    return {};
  };

  async #stopped(script: string, { stopped, returns }: Extract<Answer, { stopped: string }>): Promise<unknown> {
    if (stopped === 'meanwhile') await this.#outside.stop(script);
    else void this.#stopOnceItWaits(script);
    return returns;
  }

  async #stopOnceItWaits(script: string): Promise<void> {
    for (let looks = 0; looks < LOOKS.most; looks++) {
      await delay(LOOKS.ms);
      if (await this.#outside.waits(script)) return this.#outside.stop(script);
    }
  }

  async #answer(
    token: string,
    answer: { readonly output: unknown } | { readonly error: string } | null,
  ): Promise<void> {
    if (answer === null) return;
    if ('error' in answer) await this.#outside.fail(token, answer.error);
    else await this.#outside.succeed(token, answer.output);
  }
}

function thrown(errorType: string): FunctionError {
  const failure = { errorType, errorMessage: 'as the script says', trace: [] };
  return new FunctionError(errorType, JSON.stringify(failure), failure);
}

/** Serves Lambda's Invoke over HTTP, and GetFunctionConfiguration for tests whose functions have an environment. */
export function lambdaEndpoint(
  invoke: (functionArn: string, payload: unknown) => Promise<unknown>,
  environmentOf: (functionName: string) => Readonly<Record<string, string>> = () => ({}),
): Server {
  const server = createServer(async (request, response) => {
    const [, name = '', what = ''] = /functions\/([^/]+)\/(\w+)/.exec(request.url ?? '') ?? [];
    const arn = decodeURIComponent(name);
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers })
        .end(JSON.stringify(body));
    try {
      if (what === 'configuration') send(200, { FunctionName: arn, Environment: { Variables: environmentOf(arn) } });
      else send(200, await invoke(arn, JSON.parse(await text(request))));
    } catch (error) {
      if (!(error instanceof FunctionError)) send(500, { Message: String(error) });
      else if (error.name.startsWith('Lambda.'))
        send(429, { Message: error.message }, { 'x-amzn-errortype': error.name.slice('Lambda.'.length) });
      else send(200, error.failure, { 'x-amz-function-error': 'Unhandled' });
    }
  });
  // Never close idle connections: if LocalStack is just sending on one, the function would never see that call.
  server.keepAliveTimeout = 0;
  return server;
}
