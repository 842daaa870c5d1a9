/**
 * Judges the comparer by pairs of hostile bodies, one per line of standard input, with the labels of second
 * implementations: no difference in meaning is called benign, no mere difference in notation is called breaking, and
 * nothing throws.
 */
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { told, typed } from '../../support/compared.ts';

const body = z.object({ base64: z.base64(), coding: z.string().nullable() });
const pair = z.object({
  seed: z.int(),
  format: z.string(),
  type: z.string(),
  label: z.enum(['same', 'different', 'unreadable']),
  damaged: z.boolean(),
  stable: body,
  candidate: body,
});
type Pair = z.infer<typeof pair>;

function answerOf({ base64, coding }: z.infer<typeof body>, type: string) {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString();
  const isText = coding === null && bytes.equals(Buffer.from(text));
  return typed(
    type,
    isText ? text : bytes,
    ...(coding === null ? [] : [['Content-Encoding', coding] satisfies [string, string]]),
  );
}

/** Returns null if the comparer is right, or if no second implementation can tell. */
function faultOf({ format, label, damaged }: Pair, text: string): string | null {
  const verdict = text.split(':', 1)[0] ?? '';
  const isCalm = verdict === 'same' || verdict === 'benign';
  // Every parser reads damaged HTML differently, so missing a difference there is no fault.
  if (label === 'different' && isCalm && !(damaged && format === 'html')) return 'missed';
  return label === 'same' && !damaged && verdict === 'breaking' ? 'false alarm' : null;
}

const counts = { same: 0, different: 0, unreadable: 0 };
const faults: string[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const one = pair.parse(JSON.parse(line));
  counts[one.label]++;
  const text = told(answerOf(one.stable, one.type), answerOf(one.candidate, one.type));
  const fault = faultOf(one, text);
  if (fault !== null) faults.push(`${fault}: seed ${one.seed} (${one.format}): ${text.slice(0, 200)}`);
}
console.log(`hostile bodies: ${JSON.stringify(counts)}, ${faults.length} judged otherwise by somebody else`);
for (const fault of faults) console.log(fault);
if (faults.length > 0 || counts.different === 0 || counts.same === 0) process.exitCode = 1;
