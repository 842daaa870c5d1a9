/**
 * Parity tallies in the ledger's table, counted once a record however records are grouped and repeated (docs/adr/0016).
 *
 * A *window* is one item: the captures that began within ten seconds, the identities of those counted, and what they
 * come to; both change in one conditional write. An *hour* is what its windows come to, made anew by a reader whenever
 * a writer has raised its mark since; it can always be made again, so it cannot count twice.
 */
import { createHash } from 'node:crypto';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, CrossfadeError, type CutoverId, type IngressId, toIso } from '../../../core/model/index.ts';
import { type RouteTallies, totalOf } from '../../../parity/tally/index.ts';
import { cutoverPartition, type Item } from './item.ts';
import { pack, unpack } from './parity-item.ts';
import { LedgerTable } from './table.ts';

/** One record: its identity, the time of its request (ISO-8601), and its counts. */
export interface CountedBatch {
  readonly identity: string;
  readonly at: string;
  readonly routes: RouteTallies;
}

/** Identifies counts: of one cutover, compared with one version of the rules. */
export interface TallySeries {
  readonly cutoverId: CutoverId;
  readonly rules: string;
}

export interface ParityStore {
  /** Counts each record exactly once. Returns what had not been counted before. May be repeated after any failure. */
  add(series: TallySeries, records: readonly CountedBatch[]): Promise<RouteTallies>;
  /**
   * Everything counted so far.
   * @param from milliseconds since the epoch; windows that begin before it are left out. @default all windows
   */
  read(series: TallySeries, from?: number): Promise<RouteTallies>;
}

export interface ParityStoreOptions {
  readonly table: string;
  readonly ingressId: IngressId;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /**
   * After how many days windows and hours may be deleted, which is not before the captures themselves; undefined:
   * never.
   */
  readonly keepDays: number | undefined;
}

const WINDOW_MS = 10_000;
const WINDOW = 'W#';
const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;
/**
 * Bytes of a SHA-256. In a window of 40,000 records the probability that two share them is 4 in 10^11; one of the two
 * is then not counted.
 */
const IDENTITY_BYTES = 8;
/** An item may have 400 kB including names. A window of that size has received about 4,000 records a second. */
const MAX_ITEM_BYTES = 390_000;
const ATTEMPTS = 12;
/** Milliseconds; grows with each attempt, and is randomised. */
const BACKOFF_MS = 20;

export function dynamoParityStore(client: Pick<DynamoDBClient, 'send'>, options: ParityStoreOptions): ParityStore {
  return new DynamoParityStore(client, options);
}

class DynamoParityStore implements ParityStore {
  readonly #table: LedgerTable;
  readonly #ingressId: IngressId;
  readonly #clock: ParityStoreOptions['clock'];
  readonly #keepDays: number | undefined;

  constructor(client: Pick<DynamoDBClient, 'send'>, { table, ingressId, clock, keepDays }: ParityStoreOptions) {
    this.#table = new LedgerTable(client, table);
    this.#ingressId = ingressId;
    this.#clock = clock;
    this.#keepDays = keepDays;
  }

  async add(series: TallySeries, records: readonly CountedBatch[]): Promise<RouteTallies> {
    // A record that comes twice in one call counts once.
    const unique = new Map(records.map((record) => [record.identity, record])).values();
    const windows = Map.groupBy(unique, ({ at }) => floorTo(at, WINDOW_MS));
    const added = await Promise.all(
      [...windows].map(([window, of]) => {
        const key = {
          pk: { S: windowPartition(this.#ingressId, series, floorTo(window, HOUR_MS)) },
          sk: { S: `${WINDOW}${window}` },
        };
        return this.#addToWindow(key, of);
      }),
    );
    // Also if nothing was new, because the call that wrote it may not have reached this point.
    const hours = new Set(records.map(({ at }) => floorTo(at, HOUR_MS)));
    await Promise.all([...hours].map((hour) => this.#raiseMark(series, hour)));
    return totalOf(added);
  }

  async read(series: TallySeries, from = 0): Promise<RouteTallies> {
    const firstWindow = toIso(Math.ceil(from / WINDOW_MS) * WINDOW_MS);
    const firstHour = floorTo(firstWindow, HOUR_MS);
    const prefix = `PARITY#${series.rules}#`;
    const items = await this.#table.query(cutoverPartition(this.#ingressId, series.cutoverId), prefix);
    const sums = new Map(items.filter((i) => kindOf(i) === 'SUM').map((i) => [hourOf(i), i]));
    let routes: RouteTallies = {};
    for (const marked of items.filter((i) => kindOf(i) === 'MARK' && hourOf(i) >= firstHour)) {
      const [hour, mark, sum] = [hourOf(marked), marked.mark?.N ?? '0', sums.get(hourOf(marked))];
      const known = sum?.mark?.N === mark ? sum.routes?.B : undefined;
      if (hour < firstWindow) routes = totalOf([routes, ...(await this.#windowsOf(series, hour, firstWindow))]);
      else routes = totalOf([routes, known === undefined ? await this.#sumHour(series, hour, mark) : unpack(known)]);
    }
    return routes;
  }

  async #addToWindow(key: Item, records: readonly CountedBatch[]): Promise<RouteTallies> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const window = windowOf(await this.#table.get(key));
      const fresh = records.filter(({ identity }) => !window.seen.has(shortOf(identity)));
      const added = totalOf(fresh.map((r) => r.routes));
      if (fresh.length === 0) return added;
      for (const { identity } of fresh) window.seen.add(shortOf(identity));
      const seen = Buffer.from([...window.seen].join(''), 'hex');
      const packed = pack(totalOf([window.routes, added]), MAX_ITEM_BYTES - seen.length);
      if (packed === null) throw windowFull(key, window.seen.size);
      const next = { ...key, seen: { B: seen }, routes: { B: packed }, ...this.#forgetAt() };
      if (await this.#putIfUnchanged(next, window.version)) return added;
      await this.#clock.sleep(BACKOFF_MS * attempt * (0.5 + Math.random()));
    }
    throw new CrossfadeError(
      'Crossfade.Transient',
      `Other writers changed a parity window ${ATTEMPTS} times in a row.`,
      {
        traffic: 'unchanged; captures are only counted.',
        nextStep:
          'nothing: Firehose delivers the batch again. If the error repeats, raise the buffer size of the stream so that fewer batches collide.',
      },
    );
  }

  async #putIfUnchanged(item: Item, version: number): Promise<boolean> {
    const unchanged =
      version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': { N: String(version) } },
          };
    return this.#table.putIf({ ...item, version: { N: String(version + 1) } }, unchanged);
  }

  /** After the write of the window, never before: a reader that has seen this mark sees what was written. */
  async #raiseMark(series: TallySeries, hour: string): Promise<void> {
    const { forgetAt } = this.#forgetAt();
    await this.#table.update(hourKey(this.#ingressId, series, hour, 'MARK'), {
      UpdateExpression: `ADD mark :one${forgetAt === undefined ? '' : ' SET forgetAt = :forgetAt'}`,
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ...(forgetAt === undefined ? {} : { ':forgetAt': forgetAt }),
      },
    });
  }

  /**
   * The windows are read after the mark. A sum that was computed too early is detected by the next mark, and never used
   * as complete.
   */
  async #sumHour(series: TallySeries, hour: string, mark: string): Promise<RouteTallies> {
    const routes = totalOf(await this.#windowsOf(series, hour));
    const packed = pack(routes, MAX_ITEM_BYTES);
    // An hour that is too large to store is added up at each reading.
    if (packed === null) return routes;
    const sum = { mark: { N: mark }, routes: { B: packed }, ...this.#forgetAt() };
    await this.#table.put({ ...hourKey(this.#ingressId, series, hour, 'SUM'), ...sum });
    return routes;
  }

  /** The counts of an hour's windows. @param first the first window, ISO-8601. @default all windows */
  async #windowsOf(series: TallySeries, hour: string, first = hour): Promise<RouteTallies[]> {
    const partition = windowPartition(this.#ingressId, series, hour);
    const windows = await this.#table.query(partition, WINDOW, ['sk', 'routes']);
    return windows.filter(({ sk }) => (sk?.S ?? '') >= `${WINDOW}${first}`).map((w) => windowOf(w).routes);
  }

  /** Seconds since the epoch, for the table's time to live. */
  #forgetAt(): { readonly forgetAt?: AttributeValue } {
    if (this.#keepDays === undefined) return {};
    return { forgetAt: { N: String(Math.ceil(this.#clock.now() / 1000) + this.#keepDays * DAY_SECONDS) } };
  }
}

function windowOf(item: Item | null): { version: number; seen: Set<string>; routes: RouteTallies } {
  const hex = Buffer.from(item?.seen?.B ?? []).toString('hex');
  return {
    version: Number(item?.version?.N ?? 0),
    seen: new Set(hex.match(new RegExp(`.{${IDENTITY_BYTES * 2}}`, 'g')) ?? []),
    routes: item?.routes?.B === undefined ? {} : unpack(item.routes.B),
  };
}

function shortOf(identity: string): string {
  return createHash('sha256')
    .update(identity)
    .digest('hex')
    .slice(0, IDENTITY_BYTES * 2);
}

/** One partition per hour, so that no partition receives all writes of a cutover. */
function windowPartition(ingressId: IngressId, { cutoverId, rules }: TallySeries, hour: string): string {
  return `PARITY#${ingressId}#${cutoverId}#${rules}#${hour}`;
}

/** Two items, so that the one that writers update stays small, however large the sum is. */
function hourKey(ingressId: IngressId, { cutoverId, rules }: TallySeries, hour: string, kind: 'MARK' | 'SUM'): Item {
  return { pk: { S: cutoverPartition(ingressId, cutoverId) }, sk: { S: `PARITY#${rules}#${hour}#${kind}` } };
}

function kindOf(item: Item): string | undefined {
  return item.sk?.S?.split('#').at(-1);
}

function hourOf(item: Item): string {
  return item.sk?.S?.split('#').at(-2) ?? '';
}

/** ISO-8601, so that keys sort by time and are readable. */
function floorTo(at: string, ms: number): string {
  return toIso(Math.floor(Date.parse(at) / ms) * ms);
}

function windowFull({ sk }: Item, records: number): CrossfadeError {
  return new CrossfadeError(
    'Crossfade.LedgerUnavailable',
    `The parity window ${sk?.S} holds ${records} captures and is full.`,
    {
      traffic: 'unchanged; captures are only counted.',
      nextStep: 'lower shadow.percent: more than 4,000 captures a second cannot be counted.',
    },
  );
}
