/**
 * Parity backfill: compares one object of stored captures with the present rules, and counts them for the run that owns
 * the ingress.
 */
import * as z from 'zod';
import { decodeContent } from '../capture/bytes/index.ts';
import { eachLine, tooLong } from '../capture/index.ts';
import { CrossfadeError, type CutoverId } from '../core/model/index.ts';
import { compareRecord } from '../parity/compare/index.ts';
import { type Judged, judgeLine } from '../parity/tally/index.ts';
import type { ParityStore } from './aws/dynamo/index.ts';
import { composed } from './compose/deployment.ts';
import { type BackfillDeps, backfillDeps } from './compose/parity-backfill.ts';

const eventSchema = z.strictObject({ bucket: z.string().min(1), key: z.string().min(1) });

export interface BackfillResult {
  readonly key: string;
  readonly cutoverId: CutoverId;
  /** Version of the rules under which the captures were counted. */
  readonly rules: string;
  /** How many captures of this run were compared. */
  readonly pairs: number;
  /** How many of them had not been counted under these rules. */
  readonly counted: number;
  /** Captures from before this run, which are not evidence for it. */
  readonly earlier: number;
  /** Lines that are not captures, by reason. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * May be repeated, and may run in parallel to the transform, because a capture counts once per version of the rules. An
 * unreadable line affects nothing else.
 * @throws CrossfadeError `Crossfade.Refused` if no run owns the ingress; whatever reading and counting throw
 */
export function makeHandler({ deployment, ledger, rules, store, objects }: BackfillDeps) {
  return async (event: unknown): Promise<BackfillResult> => {
    const object = eventSchema.parse(event);
    const owner = await ledger.read(deployment.ingressId);
    if (owner?.status !== 'running') throw nobodyRuns(deployment.ingressId);
    const { version, compiled } = await rules.effective();
    const series = { cutoverId: owner.cutoverId, rules: version };
    const options = { decode: decodeContent, rules: compiled };
    const tally = { pairs: 0, counted: 0, earlier: 0, refused: new Map<string, number>() };
    const refuse = (why: string) => tally.refused.set(why, (tally.refused.get(why) ?? 0) + 1);
    for await (const part of objects.read(object)) {
      if ('broken' in part) refuse(part.broken);
      else if ('tooLong' in part) refuse(tooLong());
      else {
        const mine: Pick<Judged, 'identity' | 'at' | 'routes'>[] = [];
        const judge = (text: string) => {
          const judged = judgeLine(text, (record) => compareRecord(record, options));
          if ('refused' in judged) refuse(judged.refused);
          else if (Date.parse(judged.at) < Date.parse(owner.startedAt)) tally.earlier++;
          else mine.push({ identity: judged.identity, at: judged.at, routes: judged.routes });
        };
        eachLine(part, judge, (_line, why) => void refuse(why));
        tally.pairs += mine.length;
        if (mine.length > 0) tally.counted += records(await store.add(series, mine));
      }
    }
    return { key: object.key, ...series, ...tally, refused: Object.fromEntries(tally.refused) };
  };
}

function records(routes: Awaited<ReturnType<ParityStore['add']>>): number {
  return Object.values(routes).reduce((sum, { pairs, unmatched }) => sum + pairs + unmatched, 0);
}

function nobodyRuns(ingress: string): CrossfadeError {
  return new CrossfadeError(
    'Crossfade.Refused',
    `No run owns the ingress ${ingress}, so nothing can be counted for it.`,
    {
      traffic: 'unchanged; captures are only counted.',
      nextStep: 'compare the captures of a finished run with `crossfade diff`.',
    },
  );
}

export const compose = composed(backfillDeps);
export const handler = (event: unknown) => makeHandler(compose())(event);
