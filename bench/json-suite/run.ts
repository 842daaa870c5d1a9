/**
 * JSONTestSuite against the JSON comparer. `npm run bench -- json-suite FOLDER`, the `test_parsing` of
 * github.com/nst/JSONTestSuite.
 */

import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURE_VERSION, type CapturedBody, type CaptureRecord } from '../../capture/format/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';

/** By the first letter of a file: `y` must be accepted, `n` must be refused, `i` may be either. */
type Kind = 'y' | 'n' | 'i';

export async function run([folder]: string[]): Promise<void> {
  if (folder === undefined) throw new Error('Name the folder test_parsing of a checkout of JSONTestSuite.');
  const counts: Record<Kind, { right: number; wrong: string[] }> = {
    y: { right: 0, wrong: [] },
    n: { right: 0, wrong: [] },
    i: { right: 0, wrong: [] },
  };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const kind = kindOf(name);
    const outcome = outcomeOf(readFileSync(join(folder, name)));
    const right = outcome !== 'threw' && (kind === 'i' || outcome === (kind === 'y' ? 'read' : 'refused'));
    if (right) counts[kind].right++;
    else counts[kind].wrong.push(`${name}: ${outcome}`);
  }
  for (const [kind, { right, wrong }] of Object.entries(counts)) {
    console.log(`${kind}_: ${right} right, ${wrong.length} wrong`);
    for (const line of wrong) console.log(`   ${line}`);
  }
}

function kindOf(name: string): Kind {
  const [letter] = name;
  if (letter === 'y' || letter === 'n' || letter === 'i') return letter;
  throw new Error(`${name} is no file of JSONTestSuite: it begins with neither y, n nor i.`);
}

/**
 * Compared with `0`, or with `1` if the text is `0`: valid JSON differs in a value, and anything else is reported as
 * malformed.
 */
function outcomeOf(bytes: Buffer): 'read' | 'refused' | 'threw' {
  const stable = bytes.toString().trim() === '0' ? '1' : '0';
  try {
    const { differences } = compareRecord(recordOf(bodyOf(Buffer.from(stable)), bodyOf(bytes)));
    const refused = differences.some(({ cause }) => cause === 'malformed-json' || cause === 'body-missing');
    return refused ? 'refused' : 'read';
  } catch {
    return 'threw';
  }
}

function bodyOf(bytes: Buffer): CapturedBody {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return { encoding, data: bytes.toString(encoding), bytes: bytes.length, truncated: false };
}

function recordOf(stable: CapturedBody, candidate: CapturedBody): CaptureRecord {
  const leg = (body: CapturedBody): CaptureRecord['stable'] => ({
    outcome: 'response',
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body,
    timing: { firstByteMs: 1, totalMs: 1 },
  });
  return {
    v: CAPTURE_VERSION,
    ingress: 'json-suite',
    requestId: 'r',
    at: '2026-11-24T08:00:00.000Z',
    route: '/x',
    request: { method: 'GET', target: '/x' },
    primary: 'stable',
    stable: leg(stable),
    candidate: leg(candidate),
  };
}
