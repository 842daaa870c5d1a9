/**
 * Functions that answer by a script, for two interpreters: called in this process by ours, and over Lambda's Invoke by LocalStack's.
 * Each execution says in its state which script is its own; each state of the definition calls a function of its own name.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { FunctionError } from '../../rehearsal/cloud/lambda/lambda.ts';

export type Answer =
  | { readonly returns: Readonly<Record<string, unknown>> }
  /** The handler threw. */
  | { readonly throws: string }
  /** Lambda itself refused the call. */
  | { readonly refused: 'TooManyRequestsException' }
  /** The function returns, and the token of the task is answered; null is never. */
  | { readonly token: { readonly output: unknown } | { readonly error: string } | null };

/** What the function of a state answers to its nth call (from 1), given the state of the run. */
export type Script = (state: string, call: number, run: Readonly<Record<string, unknown>>) => Answer;

export interface Call {
  readonly state: string;
  readonly payload: unknown;
}

export interface TokenAnswers {
  succeed(token: string, output: unknown): Promise<void>;
  fail(token: string, error: string): Promise<void>;
}

const PERSON_MS = 100;

const runSchema = z.looseObject({ script: z.string() });
const payloadSchema = z.union([
  runSchema.transform((run) => ({ run, token: null })),
  z.object({ input: runSchema }).transform(({ input }) => ({ run: input, token: null })),
  z.object({ state: runSchema, token: z.string() }).transform(({ state, token }) => ({ run: state, token })),
]);

/** The name of a state as the name of a function, and back. */
export const functionOf = (state: string) => state.replaceAll(' ', '_');
const stateOf = (functionArn: string) => (functionArn.split(':')[6] ?? '').replaceAll('_', ' ');

export class ScriptedFunctions {
  readonly #scripts: ReadonlyMap<string, Script>;
  readonly #tokens: TokenAnswers;
  readonly #calls = new Map<string, Call[]>();

  constructor(scripts: ReadonlyMap<string, Script>, tokens: TokenAnswers) {
    this.#scripts = scripts;
    this.#tokens = tokens;
  }

  callsOf(script: string): readonly Call[] {
    return this.#calls.get(script) ?? [];
  }

  /** @throws FunctionError as Step Functions names it */
  readonly invoke = async (functionArn: string, payload: unknown): Promise<unknown> => {
    const { run, token } = payloadSchema.parse(payload);
    const state = stateOf(functionArn);
    const calls = this.#calls.get(run.script) ?? [];
    this.#calls.set(run.script, [...calls, { state, payload }]);
    const answer = this.#scripts.get(run.script)?.(state, calls.filter((c) => c.state === state).length + 1, run);
    if (answer === undefined) throw new RangeError(`no script ${run.script}`);
    if ('returns' in answer) return answer.returns;
    if ('throws' in answer) throw thrown(answer.throws);
    if ('refused' in answer) throw new FunctionError(`Lambda.${answer.refused}`, 'Rate Exceeded.');
    // A person answers when the function has long returned.
    if (token !== null) void delay(PERSON_MS).then(() => this.#answer(token, answer.token));
    return {};
  };

  async #answer(
    token: string,
    answer: { readonly output: unknown } | { readonly error: string } | null,
  ): Promise<void> {
    if (answer === null) return;
    if ('error' in answer) await this.#tokens.fail(token, answer.error);
    else await this.#tokens.succeed(token, answer.output);
  }
}

function thrown(errorType: string): FunctionError {
  const failure = { errorType, errorMessage: 'as the script says', trace: [] };
  return new FunctionError(errorType, JSON.stringify(failure), failure);
}

/** Lambda's Invoke, over HTTP. */
export function lambdaEndpoint(functions: ScriptedFunctions): Server {
  return createServer(async (request, response) => {
    const arn = decodeURIComponent(/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1] ?? '');
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers })
        .end(JSON.stringify(body));
    try {
      send(200, await functions.invoke(arn, JSON.parse(await text(request))));
    } catch (error) {
      if (!(error instanceof FunctionError)) send(500, { Message: String(error) });
      else if (error.name.startsWith('Lambda.'))
        send(429, { Message: error.message }, { 'x-amzn-errortype': error.name.slice('Lambda.'.length) });
      else send(200, error.failure, { 'x-amz-function-error': 'Unhandled' });
    }
  });
}
