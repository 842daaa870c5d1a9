import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScaledClock } from '../../../rehearsal/clock/clock.ts';
import { LocalFunction } from '../../../rehearsal/cloud/lambda/lambda.ts';
import { LambdaService } from '../../../rehearsal/cloud/lambda/lambda-service.ts';
import type { Fault } from '../../../rehearsal/cloud/wire/faults.ts';
import { type Bundle, bundle, type Served, serve, until } from './support.ts';

const SPEED = 3_600;
const SOURCE = `
let calls = 0;
export async function handler(event, context) {
  calls += 1;
  switch (event.do) {
    case 'time': return { now: Date.now(), constructed: new Date().getTime(), given: new Date(5).getTime(), date: new Date() instanceof Date };
    case 'environment': return { ...process.env };
    case 'context': return { name: context.functionName, left: context.getRemainingTimeInMillis() };
    case 'count': return calls;
    case 'print': console.log('first'); console.log('second'); return null;
    case 'nothing': return undefined;
    case 'refuse': { const e = new Error('not now'); e.name = 'Crossfade.Refused'; throw e; }
    case 'fail twice': if (calls < 3) throw new TypeError('again'); console.log('done'); return calls;
    case 'hang': return new Promise(() => {});
    case 'exit': process.exit(1);
  }
}`;

let code: Bundle;
let service: LambdaService;
let failures: string[];
let lines: string[];
let served: Served | undefined;

function start(timeoutSeconds = 60, faultOf: (service: string, operation: string) => Fault | null = () => null) {
  const clock = new ScaledClock({ anchor: Date.now(), speed: SPEED });
  code = bundle(SOURCE);
  [failures, lines] = [[], []];
  service = new LambdaService({ clock, faultOf, onAsyncFailure: (name, error) => failures.push(`${name} ${error}`) });
  const spec = { name: 'f', codeDir: code.dir, environment: { OWN: 'yes' }, timeoutSeconds };
  const environment = { AWS_REGION: 'local-1' };
  const onLine = (_name: string, line: string) => void lines.push(line);
  const fn = new LocalFunction(spec, { clock: { anchor: clock.anchor, speed: SPEED }, environment, onLine });
  service.functions.set('f', fn);
  return { clock, fn, spec };
}

const call = (what: string) => service.invoke('arn:aws:lambda:local-1:000000000000:function:f:1', { do: what });

afterEach(async () => {
  await served?.stop();
  served = undefined;
  await service.stop();
  code.remove();
});

describe('a function', () => {
  it('lives in virtual time from before its bundle is imported', async () => {
    const { clock } = start();
    const before = clock.now();
    const answer = await call('time');
    expect(answer).toMatchObject({ given: 5, date: true });
    const { now, constructed } = Object(answer);
    for (const at of [now, constructed]) {
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(clock.now());
    }
  });

  it('has the template’s environment, the cloud’s, and nothing of ours', async () => {
    start();
    const environment = await call('environment');
    expect(environment).toMatchObject({ OWN: 'yes', AWS_REGION: 'local-1', AWS_LAMBDA_FUNCTION_NAME: 'f' });
    expect(environment).not.toHaveProperty('PATH');
  });

  it('keeps its process from one invocation to the next, and tells it how long it has', async () => {
    start();
    expect([await call('count'), await call('count'), await call('nothing')]).toEqual([1, 2, null]);
    const context = await call('context');
    expect(context).toMatchObject({ name: 'f' });
    expect(Object(context).left).toBeLessThanOrEqual(60_000);
    expect(Object(context).left).toBeGreaterThan(0);
  });

  it('is heard line by line', async () => {
    start();
    await call('print');
    await until('both lines', () => lines.length === 2);
    expect(lines).toEqual(['first', 'second']);
  });

  it('fails by the name that its handler gave, with Lambda’s report as the cause', async () => {
    start();
    const error = await call('refuse').catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'Crossfade.Refused' });
    expect(JSON.parse(Object(error).message)).toMatchObject({
      errorType: 'Crossfade.Refused',
      errorMessage: 'not now',
      trace: expect.arrayContaining([expect.stringContaining('not now')]),
    });
  });

  it.each([
    ['hang', 'Sandbox.Timedout'],
    ['exit', 'Runtime.ExitError'],
  ])('that does %s is ended as %s, and starts anew', async (what, name) => {
    const { spec } = start(what === 'hang' ? 0.3 : 60);
    await expect(call(what)).rejects.toMatchObject({ name });
    // On a busy machine the restart may take longer.
    spec.timeoutSeconds = 60;
    expect(await call('count')).toBe(1);
  });

  it('that is crashed fails what runs in it', async () => {
    const { fn } = start();
    await call('count');
    const hanging = call('hang').catch((e: unknown) => e);
    await fn.crash();
    expect(await hanging).toMatchObject({ name: 'Lambda.Unknown' });
  });

  it('that does not exist is an error of the service', async () => {
    start();
    await expect(service.invoke('g', {})).rejects.toMatchObject({ name: 'Lambda.ResourceNotFoundException' });
  });

  it.each<[Fault, string, number]>([
    ['throttle', 'Lambda.TooManyRequestsException', 0],
    ['fail', 'Lambda.ServiceException', 0],
    ['lose-answer', 'Lambda.SdkClientException', 1],
  ])('under the fault %s fails as %s after %d calls', async (fault, name, calls) => {
    let first = true;
    start(60, () => {
      const injected = first ? fault : null;
      first = false;
      return injected;
    });
    await expect(call('count')).rejects.toMatchObject({ name });
    expect(await call('count')).toBe(calls + 1);
  });
});

describe('an asynchronous invocation', () => {
  it('is tried three times, and each failure is told', async () => {
    start();
    service.invokeLater('f', { do: 'fail twice' });
    await until('the third attempt', () => lines.includes('done'));
    expect(failures).toEqual(['f TypeError: again', 'f TypeError: again']);
    expect(await call('count')).toBe(4);
  });

  it('is given up after the third attempt', async () => {
    start();
    service.invokeLater('f', { do: 'refuse' });
    await until('three failures', () => failures.length === 3);
    expect(await call('count')).toBe(4);
  });
});

describe('a service that is stopped', () => {
  it('forgets the attempts that it would have made', async () => {
    vi.useFakeTimers();
    try {
      start();
      service.invokeLater('gone', {});
      await until('the failure', () => failures.length === 1);
      expect(vi.getTimerCount()).toBe(1);
      await service.stop();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('Invoke on the wire', () => {
  const send = async (InvocationType: 'RequestResponse' | 'Event', event: object, FunctionName = 'f') => {
    served = await serve({ lambda: service.request });
    const client = new LambdaClient(served.client);
    try {
      const answer = await client.send(
        new InvokeCommand({ FunctionName, InvocationType, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      const text = Buffer.from(answer.Payload ?? []).toString('utf8');
      return { ...answer, payload: text === '' ? null : JSON.parse(text) };
    } finally {
      client.destroy();
    }
  };

  it('answers with the result', async () => {
    start();
    expect(await send('RequestResponse', { do: 'count' })).toMatchObject({ StatusCode: 200, payload: 1 });
  });

  it('answers with the function’s error', async () => {
    start();
    expect(await send('RequestResponse', { do: 'refuse' })).toMatchObject({
      FunctionError: 'Unhandled',
      payload: { errorType: 'Crossfade.Refused', errorMessage: 'not now' },
    });
  });

  it('does not wait for an event', async () => {
    start();
    expect(await send('Event', { do: 'count' })).toMatchObject({ StatusCode: 202, payload: null });
    expect(await call('count')).toBe(2);
  });

  it('of a function that does not exist is refused', async () => {
    start();
    await expect(send('RequestResponse', {}, 'g')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
