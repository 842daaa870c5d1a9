/**
 * What AWS refuses, our cloud and moto refuse under the same name. The names come from AWS's API references and service
 * models; where moto answers otherwise, its answer is noted, so that a version of it that agrees is noticed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS, type Backend } from './backends.ts';
import { type Clients, clientsAt } from './clients.ts';
import { namedIn } from './situation.ts';
import { ON_RULES } from './situations-listener.ts';
import { ON_SERVICES } from './situations-services.ts';

/** moto 5.2.5 takes the request, has another resource in the way, or fails (`Error`). */
const OTHERWISE_IN_MOTO: Readonly<Record<string, readonly string[]>> = {
  RuleNotFoundException: [
    'DescribeRules of what is no ARN',
    'ModifyRule without a rule',
    'ModifyRule of a default rule',
    'SetRulePriorities of a default rule',
  ],
  ListenerNotFoundException: ['DescribeRules of a listener that is no ARN'],
  Error: [
    'DescribeRules in pages of none',
    'Publish to nobody',
    'GetTopicAttributes of what is no ARN',
    'SimulatePrincipalPolicy of a role that is gone',
  ],
  TargetGroupNotFoundException: ['ModifyRule to what is no ARN', 'DescribeTargetHealth of what is no ARN'],
  taken: [
    'ModifyRule with a weight of 1000',
    'ModifyRule with a weight of -1',
    'ModifyRule to no group',
    'ModifyRule to one group twice',
    'ModifyRule with stickiness of no second',
    'ModifyRule with stickiness of eight days',
    'ModifyRule to two actions that forward',
    'CreateRule at priority 0',
    'CreateRule at priority 50001',
    'CreateRule without a condition',
    'CreateRule with two conditions of a kind',
    'CreateRule with six values',
    'CreateRule without an action',
    'DeleteRule of a rule that is gone',
    'DeleteRule of a default rule',
    'DescribeTags of a rule that is gone',
    'DescribeTags of 21 resources',
    'GetMetricData of no query',
    'GetMetricData of one id twice',
    'GetMetricData of an id in capitals',
    'GetMetricData of 501 queries',
    'GetMetricData in periods of 45 s',
    'GetMetricData of an expression over what is not asked',
    'GetMetricData of an expression that does not parse',
    'GetMetricData that returns nothing',
    'GetMetricData from a token of nobody',
    'DescribeAlarms of 101 names',
    'DescribeAlarms in no state',
    'DescribeAlarms in pages of 101',
    'DescribeAlarms from a token of nobody',
    'PutMetricData in a namespace of AWS',
    'PutMetricData of 151 values',
    'PutMetricData of 31 dimensions',
    'PutMetricData of 1001 points',
    'PutMetricData of nothing',
    'PutMetricData of three weeks ago',
    'PutMetricData of three hours ahead',
    'StartExecution with more than 256 KiB',
    'ListExecutions in no status',
    'SendTaskSuccess to a token of nobody',
    'SendTaskSuccess to an empty token',
    'SendTaskFailure to a token of nobody',
    'SendTaskFailure to a token of 2049 characters',
    'SendTaskHeartbeat to a token of nobody',
    'Publish of nothing',
    'Publish under a subject of two lines',
    'Publish in forms that are no JSON',
    'Publish in forms without a default',
    'GetItem by a number',
    'DescribeServices of none',
    'DescribeServices of 11',
    'PutEvents of none',
  ],
  PriorityInUseException: ['SetRulePriorities to 50001'],
  ResourceNotFound: ['SetAlarmState to no state', 'SetAlarmState for a reason of 1024 characters'],
  ExecutionDoesNotExist: [
    'StopExecution with an error of 257 characters',
    'StopExecution with a cause of 32769 characters',
    'GetExecutionHistory in pages of 1001',
  ],
  ServiceNotFoundException: ['UpdateService to -1 tasks'],
  ResourceNotFoundException: [
    'Invoke with what is no JSON',
    'PutRecordBatch of none',
    'PutRecordBatch of 501',
    'PutRecord of more than 1000 KiB',
  ],
  QueueDoesNotExist: ['ReceiveMessage of 11', 'DeleteMessage by no handle'],
};
const MOTO = new Map(
  Object.entries(OTHERWISE_IN_MOTO).flatMap(([answer, whats]) => whats.map((what) => [what, answer])),
);
const SITUATIONS = [...ON_RULES, ...ON_SERVICES].map((situation) => [situation.what, situation] as const);

it('has each situation once, and names none of moto that is not there', () => {
  const whats = SITUATIONS.map(([what]) => what);
  expect(new Set(whats).size).toBe(whats.length);
  expect([...MOTO.keys()].filter((what) => !whats.includes(what))).toEqual([]);
});

it('is counted as the page on fidelity says', () => {
  const services = new Set(SITUATIONS.map(([, { service }]) => service)).size;
  const taken = OTHERWISE_IN_MOTO.taken?.length;
  const page = readFileSync(join(import.meta.dirname, '../../docs/explanation/fidelity.md'), 'utf8');
  expect(page).toContain(
    `makes ${SITUATIONS.length} requests that AWS refuses, with the SDK's clients, of ${services} services`,
  );
  expect(page).toContain(`so do ${SITUATIONS.length} requests that AWS refuses`);
  expect(page).toContain(`moto 5.2.5 does so for ${SITUATIONS.length - MOTO.size}; it takes ${taken} of the others`);
});

describe.each(BACKENDS.filter(([name]) => name !== 'fakecloud'))('refusals of %s', (name, start) => {
  let backend: Backend;
  let clients: Clients;
  beforeAll(async () => {
    backend = await start();
    clients = clientsAt(backend.environment.AWS_ENDPOINT_URL ?? '');
  });
  afterAll(() => backend.stop());

  it.each(SITUATIONS)('%s', async (what, { refusal, send }) => {
    const answer = send(clients, namedIn(backend)).then(
      () => 'taken',
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
    expect(await answer).toBe(name === 'moto' ? (MOTO.get(what) ?? refusal) : refusal);
  });
});
