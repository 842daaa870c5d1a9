/**
 * The table's item of one ingress, behind the real adapter (lambdas/aws/dynamo): each request is carried out at a
 * single instant of simulated time. dynalite parses expressions and evaluates conditions.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type AttributeValue, ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { checkConditional, mapPath } from 'dynalite/db/index.js';
import { custom as parsePut } from 'dynalite/validations/putItem.js';
import { custom as parseUpdate } from 'dynalite/validations/updateItem.js';
import * as z from 'zod';
import { type Lease, type Leases, ledgerItemSchema } from '../../../core/model/index.ts';
import { dynamoLeases } from '../../../lambdas/aws/dynamo/index.ts';
import { copyOf } from './copy.ts';

type Item = Record<string, AttributeValue>;

/** What dynalite requires of a store: DynamoDB's limit for an item, in bytes. */
const STORE = { options: { maxItemSize: 409_600 } };

/** Sort key of the lease (lambdas/aws/dynamo/item.ts). */
const LEASE = 'CUTOVER';

/** Carries out one request; the caller decides when, and its fate. */
export type TableCaller = <T>(effect: () => T) => Promise<T>;

const itemSchema = z.record(z.string(), z.custom<AttributeValue>());
const putSchema = z.looseObject({ Item: itemSchema });
const updateSchema = z.looseObject({
  Key: itemSchema,
  /** dynalite's representation of the UpdateExpression. */
  _updates: z.object({
    sections: z.array(z.object({ type: z.literal('set'), path: z.array(z.string()), val: z.unknown() })),
  }),
});
const sumSchema = z.object({ type: z.literal('add'), args: z.tuple([z.unknown(), z.unknown()]) });

export class LeaseTable {
  #item: Item | null = null;
  #lease: Lease | null = null;
  readonly #past: { readonly at: number; readonly item: Item | null }[] = [];
  readonly #callers = new AsyncLocalStorage<TableCaller>();
  readonly #leases: Leases;
  readonly #now: () => number;
  readonly #onChange: () => void;

  constructor(now: () => number, onChange: () => void) {
    this.#now = now;
    this.#onChange = onChange;
    this.#leases = dynamoLeases(this.#client(), 'ledger');
  }

  /** The item as seen from outside. */
  get item(): Lease | null {
    return this.#lease;
  }

  /** One call of the port; `caller` carries out each of its requests. */
  as<T>(caller: TableCaller, call: (leases: Leases) => Promise<T>): Promise<T> {
    return this.#callers.run(caller, () => call(this.#leases));
  }

  /** Restores the table of that time; before the first write it was empty. */
  restore(at: number): void {
    this.#put(this.#past.findLast((p) => p.at <= at)?.item ?? null);
  }

  remove(): void {
    this.#put(null);
  }

  /** A client that never leaves the process: each command is answered before it is serialised. */
  #client(): DynamoDBClient {
    const client = new DynamoDBClient({ region: 'local-1' });
    client.middlewareStack.add(
      (_next, context) => async (args) => {
        const caller = this.#callers.getStore();
        if (caller === undefined) throw new RangeError('a request without a caller');
        const output = await caller(() => this.#execute(String(context.commandName), args.input));
        return { response: {}, output: { $metadata: {}, ...output } };
      },
      { step: 'initialize', name: 'simulated' },
    );
    return client;
  }

  #execute(command: string, input: object): object {
    switch (command) {
      case 'GetItemCommand':
        return this.#item === null ? {} : { Item: this.#item };
      case 'PutItemCommand': {
        const { Item } = this.#checked(parsePut, putSchema, input);
        // Earlier runs are stored next to the lease, and not read here.
        if (Item.sk?.S === LEASE) this.#put(Item);
        return {};
      }
      case 'UpdateItemCommand': {
        const { Key, _updates } = this.#checked(parseUpdate, updateSchema, input);
        const before = this.#item ?? Key;
        const item = copyOf(before);
        for (const { path, val } of _updates.sections) assign(item, path, attributeOf(val, before));
        this.#put(item);
        return { Attributes: item };
      }
      default:
        throw new RangeError(`the simulated table knows no ${command}`);
    }
  }

  /** Parses the request's expressions, and checks its condition. @throws ConditionalCheckFailedException */
  #checked<T>(parse: (request: object, store: object) => string | undefined, schema: z.ZodType<T>, input: object): T {
    const request = { ...input };
    const problem = parse(request, STORE);
    if (problem != null) throw new RangeError(problem);
    if (checkConditional(request, this.#item ?? undefined) != null) {
      const told = 'ReturnValuesOnConditionCheckFailure' in request && this.#item !== null ? { Item: this.#item } : {};
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'The conditional request failed', ...told });
    }
    return schema.parse(request);
  }

  #put(item: Item | null): void {
    this.#item = item;
    this.#lease = item === null ? null : ledgerItemSchema.parse(unmarshall(item));
    this.#past.push({ at: this.#now(), item });
    this.#onChange();
  }
}

/** A value, its path, or the sum of two. */
function attributeOf(value: unknown, item: Item): AttributeValue {
  if (Array.isArray(value)) {
    const found = mapPath(value, item);
    if (found === undefined) throw new RangeError(`no attribute ${value.join('.')}`);
    return found;
  }
  const sum = sumSchema.safeParse(value);
  if (!sum.success) return itemSchema.parse({ value }).value ?? { NULL: true };
  const [a, b] = sum.data.args.map((part) => Number(attributeOf(part, item).N));
  return { N: String((a ?? Number.NaN) + (b ?? Number.NaN)) };
}

/** An UpdateExpression may name an attribute of an existing map. */
function assign(item: Item, path: readonly string[], value: AttributeValue): void {
  const [last = '', ...parents] = [...path].reverse();
  let map = item;
  for (const name of parents.reverse()) {
    const inner = map[name]?.M;
    if (inner === undefined) throw new RangeError(`the path ${path.join('.')} is not valid for this update`);
    map = inner;
  }
  map[last] = value;
}
