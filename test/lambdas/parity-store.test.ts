import { DynamoDBClient, type GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import { type CountedBatch, dynamoParityStore, type ParityStore } from '../../lambdas/aws/dynamo/parity-store.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { judgeLine } from '../../parity/tally/batch.ts';
import { totalOf } from '../../parity/tally/routes.ts';
import { type LocalDynamo, startDynamo } from '../../rehearsal/cloud/services/dynamo.ts';
import { LOCAL_CLIENT } from '../../rehearsal/machine/local-client.ts';
import { captured } from '../support/captured.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const TABLE = 'ledger';
const clock = { now: () => Date.UTC(2026, 10, 24, 9), sleep: async () => {} };
let dynamo: LocalDynamo;
let client: DynamoDBClient;
let runs = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
  await dynamo.createTable(TABLE);
  client = new DynamoDBClient({ endpoint: dynamo.url, ...LOCAL_CLIENT });
});
afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

const series = () => ({ cutoverId: cutoverIdSchema.parse(`run-${++runs}`), rules: 'none' });

/**
 * Returns a judged capture record, `second` seconds after a time shortly before the end of an hour. Every third id has
 * a difference.
 */
function pair(id: number, second: number): CountedBatch {
  const at = new Date(Date.UTC(2026, 10, 24, 8, 59, 40) + second * 1000).toISOString();
  const other = captured().stable;
  const candidate = id % 3 === 0 && other.outcome === 'response' ? { ...other, status: 201 } : other;
  const judged = judgeLine(
    JSON.stringify(captured({ requestId: `r${id}`, at, route: `/r${id % 2}`, candidate })),
    compareRecord,
  );
  if ('refused' in judged) throw new Error(judged.refused);
  return judged;
}

const total = (records: readonly CountedBatch[]) =>
  totalOf([...new Map(records.map((r) => [r.identity, r])).values()].map((r) => r.routes));

/** A client whose calls fail as planned: before or after they take effect. */
function failing(plan: readonly ('ok' | 'before' | 'after')[]): Pick<DynamoDBClient, 'send'> {
  let call = 0;
  const faulty = async (command: GetItemCommand) => {
    const fault = plan[call++] ?? 'ok';
    if (fault === 'before') throw Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
    const answer = await client.send(command);
    if (fault === 'after') throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
    return answer;
  };
  return { send: faulty as DynamoDBClient['send'] };
}

const store = (over: Pick<DynamoDBClient, 'send'> = client): ParityStore =>
  dynamoParityStore(over, { table: TABLE, ingressId: DEPLOYMENT.ingressId, clock, keepDays: 7 });

describe('the parity store', () => {
  const records = fc.uniqueArray(fc.tuple(fc.nat(200), fc.nat(40)), {
    selector: ([id]) => id,
    minLength: 1,
    maxLength: 25,
  });
  const deliveries = records.chain((all) =>
    fc.record({
      all: fc.constant(all.map(([id, second]) => pair(id, second))),
      /** Batches of indices: any record any number of times, together or apart, and each batch with its faults. */
      batches: fc.array(
        fc.record({
          of: fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: 25 }),
          faults: fc.array(fc.constantFrom('ok' as const, 'before' as const, 'after' as const), { maxLength: 8 }),
        }),
        { maxLength: 5 },
      ),
    }),
  );

  it('counts each record once, however records are regrouped, repeated, reordered, and whatever calls fail on the way', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, batches }) => {
        const run = series();
        const given: CountedBatch[] = [];
        for (const { of, faults } of batches) {
          const batch = of.flatMap((i) => all[i] ?? []);
          // Firehose delivers a failed batch again, until it gives up.
          await store(failing(faults))
            .add(run, batch)
            .catch(() => store().add(run, batch));
          given.push(...batch);
          expect(await store().read(run)).toEqual(total(given));
        }
        await store().add(run, all);
        expect(await store().read(run)).toEqual(total(all));
      }),
      { numRuns: 25 },
    );
  });

  it('loses nothing when batches that share records meet', async () => {
    const run = series();
    const all = Array.from({ length: 40 }, (_, i) => pair(i, i % 5));
    const added = await Promise.all([0, 8, 16, 24].map((from) => store().add(run, all.slice(from, from + 16))));
    expect(await store().read(run)).toEqual(total(all));
    expect(totalOf(added)).toEqual(total(all));
  });

  it('answers what is new in a batch, and nothing of what is not', async () => {
    const run = series();
    const [a, b] = [pair(1, 0), pair(2, 0)];
    expect(await store().add(run, [a, a])).toEqual(a.routes);
    expect(await store().add(run, [a, b])).toEqual(b.routes);
    expect(await store().add(run, [b, a])).toEqual({});
  });

  it('finds what was written without its mark once the batch comes again', async () => {
    const run = series();
    const batch = [pair(1, 0)];
    await store().add(run, batch);
    await store().read(run);
    const more = [pair(2, 0)];
    // The calls of this batch read the window, write it, and raise the mark. The last one fails.
    await expect(store(failing(['ok', 'ok', 'before'])).add(run, more)).rejects.toThrow('UpdateItem');
    expect(await store().add(run, more)).toEqual({});
    expect(await store().read(run)).toEqual(total([...batch, ...more]));
  });

  it('reads an hour by its sum, not by its windows, until something is written to it', async () => {
    const run = series();
    await store().add(run, [pair(1, 0), pair(2, 15), pair(3, 30)]);
    const commands: string[] = [];
    const counting = async (command: GetItemCommand) => {
      commands.push(command.constructor.name);
      return client.send(command);
    };
    const watched = store({ send: counting as DynamoDBClient['send'] });
    const first = await watched.read(run);
    expect(commands.splice(0).filter((name) => name === 'QueryCommand')).toHaveLength(3);
    expect(await watched.read(run)).toEqual(first);
    expect(commands).toEqual(['QueryCommand']);
  });

  it('needs two calls a window and one an hour for a batch', async () => {
    const commands: string[] = [];
    const counting = async (command: GetItemCommand) => {
      commands.push(command.constructor.name);
      return client.send(command);
    };
    await store({ send: counting as DynamoDBClient['send'] }).add(
      series(),
      Array.from({ length: 500 }, (_, i) => pair(i, i % 9)),
    );
    expect(commands.toSorted()).toEqual(['GetItemCommand', 'PutItemCommand', 'UpdateItemCommand']);
  });

  it('refuses a window that is full, in words, rather than count in part', async () => {
    const run = series();
    const many = Array.from({ length: 49_000 }, (_, i) => ({
      identity: `i${i}`,
      at: '2026-11-24T08:00:00.000Z',
      routes: {},
    }));
    await expect(store().add(run, many)).rejects.toThrow(/holds 49000 captures and is full/);
    expect(await store().read(run)).toEqual({});
  });
});
