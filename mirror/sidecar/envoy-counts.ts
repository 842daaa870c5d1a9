/**
 * Publishes Envoy's counts as the mirror's metrics. Envoy counts from its start and outlives the recorder. The amount
 * already published is stored in Envoy's own runtime, so that a restarted recorder neither publishes a count twice nor
 * misses one. The fate of exchanges that recorders took is stored there, too, so that those lost with a recorder are
 * published by the next.
 */
import * as z from 'zod';
import { RETRYING, SHARED, TOLD_STATS } from '../envoy/index.ts';
import type { Counters, DropReason } from '../recorder/index.ts';

/** Envoy's admin interface: GET reads, POST changes. */
export interface EnvoyAdmin {
  get(path: string): Promise<string>;
  /** @param sent is called in the turn in which the request has been written, and never if it is not */
  post(path: string, sent: () => void): Promise<string>;
}

/** Counts since Envoy's start. */
export interface EnvoyCounts {
  /** Requests that ended, by fate. Requests that Envoy could not parse have no fate. */
  readonly fates: Readonly<Record<string, number>>;
  /** Requests that the primary did not answer, or whose answer it broke off, by Envoy's response flag. */
  readonly primaryFailed: Readonly<Record<string, number>>;
  /**
   * Of those, requests that were to be recorded, and whose answer had begun: the script hears nothing more about them.
   */
  readonly brokenOff: number;
  readonly retries: number;
  /**
   * Exchanges that the recorder took, could not read, rejected as one too many, took too slowly, and that are on their
   * way now.
   */
  readonly taken: number;
  readonly unread: number;
  readonly overflow: number;
  readonly timeout: number;
  readonly underWay: number;
}

const statsSchema = z.object({
  stats: z.array(z.looseObject({ name: z.string().optional(), value: z.number().optional() })),
});
const runtimeSchema = z.looseObject({
  entries: z.record(z.string(), z.looseObject({ final_value: z.string() })).default({}),
});

/** A request's fate is the name of its route, unless the script has set one. */
const FAILED = new RegExp(`^${SHARED.stats}\\.primary_failed\\.flag\\.(.*)\\.fate\\.(.*)$`);
const FATE = new RegExp(`^${SHARED.stats}\\.ended\\.route\\.(.*)\\.fate\\.(.*)$`);
const STATS = `/stats?format=json&filter=${encodeURIComponent(`^(${TOLD_STATS.join('|')})$`)}`;
/** Placeholder that Envoy writes for an empty value. */
const NONE = /^-?$/;
const TOLD = 'crossfade.told.';
/** Exchanges that recorders have taken and whose fate has been published. */
const SETTLED = 'settled';
/** Of those, the exchanges that Envoy has meanwhile given up; Envoy's counts list them as lost, too. */
const GIVEN_UP = 'given-up';

/** @throws Error if Envoy's answer is not its statistics */
export function countsOf(text: string): EnvoyCounts {
  const values = new Map(
    statsSchema.parse(JSON.parse(text)).stats.map(({ name = '', value = 0 }) => [name, value] as const),
  );
  const of = (name: string) => values.get(name) ?? 0;
  const ofClusters = (clusters: readonly string[], event: string) =>
    clusters.reduce((sum, cluster) => sum + of(`cluster.${cluster}.upstream_rq_${event}`), 0);
  const handedOver = (event: string) => ofClusters(Object.values(SHARED.recorder), event);
  const fates: Record<string, number> = {};
  const primaryFailed: Record<string, number> = {};
  let brokenOff = 0;
  for (const [name, value] of values) {
    const [, flag, had] = FAILED.exec(name) ?? [];
    if (flag !== undefined) primaryFailed[flag] = (primaryFailed[flag] ?? 0) + value;
    if (had === 'copy') brokenOff += value;
    const [, route, said] = FATE.exec(name) ?? [];
    if (route === undefined || said === undefined) continue;
    const fate = NONE.test(said) ? route : said;
    fates[fate] = (fates[fate] ?? 0) + value;
  }
  return {
    fates,
    primaryFailed,
    brokenOff,
    retries: ofClusters(RETRYING, 'retry'),
    taken: handedOver('2xx'),
    unread: handedOver('4xx'),
    overflow: handedOver('pending_overflow'),
    timeout: handedOver('timeout'),
    underWay: handedOver('active') + handedOver('pending_active'),
  };
}

/** Derives totals and losses from the counts: requests = all drops + exchanges taken + exchanges on their way. */
export function totalsOf(counts: EnvoyCounts): Totals {
  const { fates, brokenOff, retries, taken, unread, overflow, timeout, underWay } = counts;
  const known = (fate: string) => fates[fate] ?? 0;
  const requests = Object.values(fates).reduce((sum, count) => sum + count, 0);
  const named = ['method', 'sample', 'upgrade', 'oversize', 'error', 'copy', 'sent'].reduce((n, f) => n + known(f), 0);
  return {
    requests,
    primaryRetries: retries,
    method: known('method'),
    sample: known('sample'),
    upgrade: known('upgrade'),
    oversize: known('oversize'),
    error: known('error') + unread + brokenOff,
    // Chosen, but never complete: the client left. Envoy counts a primary's failure before the end of the request, and
    // lists counters by name, so no request is in both.
    aborted: Math.max(0, known('copy') - brokenOff),
    // Refused by a route, or by Envoy, which could not parse the request.
    refused: requests - named,
    'recorder-busy': overflow,
    'recorder-slow': timeout,
    // Rejected, reset, or never accepted: the remainder, so that the counts add up.
    'recorder-down': Math.max(0, known('sent') - taken - unread - overflow - timeout - underWay),
  };
}

type Total = 'requests' | 'primaryRetries';
type Drops = Readonly<Partial<Record<DropReason, number>>>;
type Totals = Readonly<Record<Total, number>> & Drops;

/**
 * Adds Envoy's counts to `counters`, each count once. Calls must not overlap, or both would publish the same counts.
 */
export class EnvoyBooks {
  readonly #admin: EnvoyAdmin;
  readonly #counters: Counters;
  /** How much of each count has been published, by this recorder or an earlier one. */
  #told: Map<string, number> | undefined;
  /** Names in `#told` that have not been stored in Envoy yet. */
  readonly #unwritten = new Set<string>();
  /** The number of missing exchanges at the last reading. */
  #missing = 0;

  constructor(admin: EnvoyAdmin, counters: Counters) {
    this.#admin = admin;
    this.#counters = counters;
  }

  /**
   * Call before a recorder takes its first exchange: publishes as lost what earlier recorders took and did not publish.
   * @param say writes out what the counters hold
   * @throws Error if Envoy does not answer
   */
  async leftBehind(say: () => void = () => {}): Promise<void> {
    const { counts, told } = await this.#read();
    this.#missing = missingIn(totalsOf(counts), told);
    const lost = counts.taken + (told.get(GIVEN_UP) ?? 0) - (told.get(SETTLED) ?? 0);
    if (lost <= 0) return;
    this.#advance(told, SETTLED, counts.taken);
    this.#counters.drop('recorder-down', lost);
    await this.#note(told, say);
  }

  /**
   * Publishes what was counted since the last call.
   * @param say writes out what the counters hold; receives the return value; not called if Envoy cannot be asked
   * @param last nobody will take or finish the exchanges that are still open: they are lost
   * @returns how many exchanges are still open: on their way, being copied, or queued
   * @throws Error if Envoy does not answer or does not store the amounts
   */
  async tell(say: (open: number) => void = () => {}, last = false): Promise<number> {
    const { counts, told } = await this.#read();
    const counters = this.#counters;
    const { requests, primaryRetries, ...totals } = totalsOf(counts);
    this.#advance(told, GIVEN_UP, (told.get(GIVEN_UP) ?? 0) + counters.givenUp);
    counters.givenUp = 0;
    const drops = { ...totals, ...this.#lost(totals, told) };
    counters.requests += this.#advance(told, 'requests', requests);
    counters.primaryRetries += this.#advance(told, 'primaryRetries', primaryRetries);
    for (const [name, total] of Object.entries(drops)) {
      const count = this.#advance(told, name, total);
      if (count > 0) counters.drop(reasonSchema.parse(name), count);
    }
    for (const [flag, total] of Object.entries(counts.primaryFailed)) {
      const count = this.#advance(told, `flag.${flag}`, total);
      if (count > 0) counters.primaryFailed(flag, count);
    }
    const settled = (told.get(SETTLED) ?? 0) + counters.settled;
    counters.settled = 0;
    this.#advance(told, SETTLED, settled);
    const left = requests - Object.values(drops).reduce((sum, count) => sum + count, 0) - settled;
    if (last) this.#close(counts, told, left);
    const open = last ? 0 : left;
    await this.#note(told, () => say(open));
    return open;
  }

  /**
   * Publishes what is open as lost. Envoy may live on, and a next recorder may read its counts: what is published here
   * is stored as if Envoy had already counted it.
   * @param left negative if exchanges came after Envoy's counts were read: their requests are not among these
   */
  #close({ taken }: EnvoyCounts, told: Map<string, number>, left: number): void {
    const counters = this.#counters;
    if (left <= 0) {
      counters.requests += this.#advance(told, 'requests', (told.get('requests') ?? 0) - left);
      return;
    }
    counters.drop('recorder-down', left);
    const unfinished = Math.max(0, taken + (told.get(GIVEN_UP) ?? 0) - (told.get(SETTLED) ?? 0));
    this.#advance(told, SETTLED, (told.get(SETTLED) ?? 0) + unfinished);
    this.#advance(told, 'recorder-down', (told.get('recorder-down') ?? 0) + left - unfinished);
  }

  /**
   * An exchange that Envoy gave up while a recorder took it is a capture, not a loss. Envoy's counts and the recorder's
   * are read at different moments, so only what was missing in two consecutive readings is lost.
   */
  #lost(drops: Drops, told: ReadonlyMap<string, number>): Drops {
    const { 'recorder-slow': slow = 0 } = drops;
    const missing = missingIn(drops, told);
    const [slowBefore, downBefore] = [told.get('recorder-slow') ?? 0, told.get('recorder-down') ?? 0];
    const more = Math.max(0, Math.min(missing, this.#missing) - slowBefore - downBefore);
    this.#missing = missing;
    const slower = Math.min(more, Math.max(0, slow - slowBefore));
    return { 'recorder-slow': slowBefore + slower, 'recorder-down': downBefore + more - slower };
  }

  async #read() {
    const [stats, told] = await Promise.all([this.#admin.get(STATS), this.#told ?? this.#toldBefore()]);
    this.#told = told;
    return { counts: countsOf(stats), told };
  }

  async #toldBefore(): Promise<Map<string, number>> {
    const { entries } = runtimeSchema.parse(JSON.parse(await this.#admin.get('/runtime')));
    const told = Object.entries(entries).filter(([name]) => name.startsWith(TOLD));
    return new Map(told.map(([name, { final_value }]) => [name.slice(TOLD.length), Number(final_value)]));
  }

  /** @returns the increase since the last published amount */
  #advance(told: Map<string, number>, name: string, total: number): number {
    const before = told.get(name) ?? 0;
    if (total <= before) return 0;
    told.set(name, total);
    this.#unwritten.add(name);
    return total - before;
  }

  /**
   * Asks Envoy to store the amounts, and writes them out in the turn in which Envoy is asked. If the recorder were
   * killed between the two, counts would be lost or published twice.
   */
  async #note(told: ReadonlyMap<string, number>, say: () => void): Promise<void> {
    const names = [...this.#unwritten];
    const path = `/runtime_modify?${names.map((name) => `${TOLD}${name}=${told.get(name)}`).join('&')}`;
    if (names.length === 0) say();
    else await this.#admin.post(path, say);
    for (const name of names) this.#unwritten.delete(name);
  }
}

/** How many exchanges Envoy has given up that no recorder is known to have taken. */
function missingIn(
  { 'recorder-slow': slow = 0, 'recorder-down': down = 0 }: Drops,
  told: ReadonlyMap<string, number>,
): number {
  return Math.max(0, slow + down - (told.get(GIVEN_UP) ?? 0));
}

const reasonSchema = z.enum([
  'method',
  'sample',
  'upgrade',
  'oversize',
  'error',
  'aborted',
  'refused',
  'recorder-busy',
  'recorder-slow',
  'recorder-down',
]);
