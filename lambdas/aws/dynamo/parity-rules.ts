/**
 * The rules for comparing an ingress's captures, in the ledger's table: the present set, and every earlier one with its
 * author and time.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type Clock, CrossfadeError, type IngressId } from '../../../core/model/index.ts';
import {
  type CompiledRules,
  compileRules,
  expiredRules,
  parseRules,
  type RuleSet,
} from '../../../parity/rules/index.ts';
import { type Item, ingressPartition } from './item.ts';
import { LedgerTable } from './table.ts';

export interface StoredRules {
  readonly set: RuleSet;
  readonly by: string;
  /** ISO-8601. */
  readonly at: string;
}

/** The rules that apply now. Captures that were compared with another version are counted separately. */
export interface EffectiveRules {
  /** Hash of the rules that have not expired; `none` without any. When a rule expires, the version changes. */
  readonly version: string;
  readonly compiled: CompiledRules;
}

export interface ParityRules {
  /** @throws CrossfadeError `Crossfade.Refused` if the set is too large to store */
  put(rules: StoredRules): Promise<void>;
  /** Strongly consistent. */
  stored(): Promise<StoredRules | null>;
  /** At most `cacheMs` old. */
  effective(): Promise<EffectiveRules>;
}

export interface ParityRulesOptions {
  readonly table: string;
  readonly ingressId: IngressId;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds, 0 or more. @default a minute */
  readonly cacheMs?: number;
}

const CACHE_MS = 60_000;
const MAX_BYTES = 390_000;
const NO_RULES: RuleSet = { v: 1, rules: [] };
const storedSchema = z.object({ by: z.string(), at: z.iso.datetime() });

export function dynamoParityRules(
  client: Pick<DynamoDBClient, 'send'>,
  { table: name, ingressId, clock, cacheMs = CACHE_MS }: ParityRulesOptions,
): ParityRules {
  const table = new LedgerTable(client, name);
  const key = (sk: string): Item => ({ pk: { S: ingressPartition(ingressId) }, sk: { S: sk } });
  let cached: { readonly rules: EffectiveRules; readonly until: number } | undefined;

  async function stored(): Promise<StoredRules | null> {
    const item = await table.get(key('RULES'));
    if (item?.rules?.B === undefined) return null;
    const set = parseRules(JSON.parse(gunzipSync(item.rules.B).toString('utf8')));
    return { set, ...storedSchema.parse({ by: item.by?.S, at: item.at?.S }) };
  }

  return {
    stored,
    async put({ set, by, at }) {
      const rules = gzipSync(JSON.stringify(set));
      if (rules.length > MAX_BYTES)
        throw new CrossfadeError('Crossfade.Refused', `The rules take ${rules.length} bytes of at most ${MAX_BYTES}.`, {
          traffic: 'unchanged; the rules from before apply.',
          nextStep: 'put fewer rules: patterns (`*`, `**`) decide about many places at once.',
        });
      const attributes = { rules: { B: rules }, by: { S: by }, at: { S: at } };
      // The archived copy is written first. Without the second write it has no effect, and the operator repeats the
      // command.
      for (const sk of [`RULES#${at}`, 'RULES']) await table.put({ ...key(sk), ...attributes });
    },
    async effective() {
      const now = clock.now();
      if (cached !== undefined && now < cached.until) return cached.rules;
      const rules = effectiveRules((await stored())?.set ?? NO_RULES, new Date(now));
      cached = { rules, until: now + cacheMs };
      return rules;
    },
  };
}

export function effectiveRules(set: RuleSet, now: Date): EffectiveRules {
  const expired = expiredRules(set, now);
  const left = set.rules.filter((rule) => !expired.includes(rule));
  const hash = createHash('sha256').update(JSON.stringify(left)).digest('hex').slice(0, 16);
  return { version: left.length === 0 ? 'none' : hash, compiled: compileRules(set, now) };
}
