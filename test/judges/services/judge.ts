/**
 * Compares what `crossfade contract` reported of two public services with labels that people assigned from the answers.
 * Prints precision and recall, by request and by difference, and fails below the targets.
 * A request that was labelled as a whole (`*` for its places) counts by request only.
 * `judge.ts NAME CAPTURES [RULES]`: the captures that `contract --noise --out` wrote for NAME.labels.tsv.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeContent } from '../../../capture/bytes/index.ts';
import { type CaptureRecord, captureRecordSchema } from '../../../capture/format/index.ts';
import { matchesPattern, segmentsOf } from '../../../http/index.ts';
import { type Compare, compareRecord } from '../../../parity/compare/index.ts';
import { type Difference, placeOf } from '../../../parity/model/index.ts';
import { compileRules, parseRules } from '../../../parity/rules/index.ts';
import { mergeNoise, NO_NOISE, noiseOf, withNoise } from '../../../parity/tally/index.ts';

const LABELS = ['breaking', 'tolerable', 'noise', 'same'] as const;
type Label = (typeof LABELS)[number];

interface Labelled {
  readonly place: string;
  readonly label: Label;
  readonly reason: string;
}

interface Score {
  /** Called breaking, and labelled breaking. */
  right: number;
  /** Called breaking, and labelled otherwise or not at all. */
  alarms: number;
  /** Labelled breaking, but left to the owner: exit code 1, by `undecided`. */
  undecided: number;
  /** Labelled breaking, but called harmless. */
  hidden: number;
}

const LEAST = 0.97;

function labelsOf(name: string): Map<string, Labelled[]> {
  const byRequest = new Map<string, Labelled[]>();
  for (const line of readFileSync(join(import.meta.dirname, `${name}.labels.tsv`), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [request = '', place = '', given, reason = ''] = line.split('\t');
    const label = LABELS.find((one) => one === given);
    if (label === undefined || reason === '') throw new Error(`no label and reason: ${line}`);
    byRequest.set(request, [...(byRequest.get(request) ?? []), { place, label, reason }]);
  }
  return byRequest;
}

/** Returns the request's name in the labels: the name of a step, or the method and target of a line. */
function nameOfRequest({ requestId }: CaptureRecord, requests: readonly string[]): string {
  const step = /^flow-\d+-(.+)$/.exec(requestId)?.[1];
  if (step !== undefined) return step;
  const line = requests[Number(requestId.replace('line-', '')) - 1] ?? '';
  const [, method = 'GET', target] = /^curl (?:-X (\w+) )?'[a-z]+:\/\/[^/]+([^']+)'/.exec(line) ?? [];
  return target === undefined ? line : `${method} ${target}`;
}

function labelOf(difference: Difference, labels: readonly Labelled[]): Labelled | undefined {
  const place = placeOf(difference);
  return labels.find(
    (labelled) => labelled.place === place || matchesPattern(segmentsOf(labelled.place), segmentsOf(place)),
  );
}

/** Returns a comparer that knows the noise of the control answers, as the command does. */
function comparerOf(records: readonly CaptureRecord[], rulesFile: string | undefined): Compare {
  const rules = compileRules(
    rulesFile === undefined ? { v: 1, rules: [] } : parseRules(JSON.parse(readFileSync(rulesFile, 'utf8'))),
    new Date(),
  );
  const plain: Compare = (record) => compareRecord(record, { decode: decodeContent, rules });
  const model = records.reduce((known, record) => mergeNoise(known, noiseOf(record, plain)), NO_NOISE);
  return (record) => compareRecord(record, { decode: decodeContent, rules: withNoise(rules, model) });
}

function print(what: string, { right, alarms, undecided, hidden }: Score): number {
  const [called, labelled] = [right + alarms, right + undecided + hidden];
  const [precision, recall] = [right / called, right / labelled];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `  by ${what}: precision ${percent(precision)} (${right} of ${called}), recall ${percent(recall)} (${right} of ${labelled}; ` +
      `${undecided} left to the owner, ${hidden} called harmless)`,
  );
  return precision;
}

const [name = '', captures = '', rulesFile] = process.argv.slice(2);
const labels = labelsOf(name);
const requests = readFileSync(join(import.meta.dirname, 'httpbin.requests.txt'), 'utf8').split('\n');
const records = readFileSync(captures, 'utf8')
  .trim()
  .split('\n')
  .map((line) => captureRecordSchema.parse(JSON.parse(line)));
const compare = comparerOf(records, rulesFile);
const [byRequest, byDifference]: [Score, Score] = [
  { right: 0, alarms: 0, undecided: 0, hidden: 0 },
  { right: 0, alarms: 0, undecided: 0, hidden: 0 },
];
const wrong: string[] = [];
let [clean, toDecide] = [0, 0];
const missing = new Set(labels.keys());
for (const record of records) {
  const request = nameOfRequest(record, requests);
  missing.delete(request);
  const known = labels.get(request);
  if (known === undefined) throw new Error(`${request} has no label`);
  const { verdict, differences: all } = compare(record);
  const whole = known.find(({ place }) => place === '*');
  const differences = whole === undefined ? all : [];
  if (whole !== undefined && (whole.label === 'breaking') !== (verdict === 'breaking'))
    wrong.push(`${request} is ${whole.label} (${whole.reason}), and is called ${verdict}`);
  const met = new Map<Labelled, Set<Difference['severity']>>();
  for (const difference of differences) {
    const labelled = labelOf(difference, known);
    if (labelled !== undefined) met.set(labelled, (met.get(labelled) ?? new Set()).add(difference.severity));
    if (difference.severity !== 'breaking') continue;
    if (labelled?.label === 'breaking') byDifference.right++;
    else {
      byDifference.alarms++;
      wrong.push(
        `${request}: ${placeOf(difference)} is called breaking (${difference.cause}), and is ${labelled?.label ?? 'not labelled'}`,
      );
    }
  }
  for (const labelled of known.filter(({ label, place }) => label === 'breaking' && place !== '*')) {
    const severities = met.get(labelled);
    if (severities?.has('breaking') === true) continue;
    byDifference[severities?.has('undecided') === true ? 'undecided' : 'hidden']++;
    wrong.push(
      `${request}: ${labelled.place} is breaking (${labelled.reason}), and is called ${[...(severities ?? ['nothing'])]}`,
    );
  }
  const breaks = known.some(({ label }) => label === 'breaking');
  if (!breaks && verdict === 'undecided') toDecide++;
  else if (!breaks && verdict !== 'breaking') clean++;
  if (verdict === 'breaking') byRequest[breaks ? 'right' : 'alarms']++;
  else if (breaks) byRequest[verdict === 'undecided' ? 'undecided' : 'hidden']++;
}
const count = [...labels.values()].flat().filter(({ label }) => label !== 'same').length;
console.log(`${name}: ${count} labelled differences of ${labels.size} requests`);
const precision = print('request', byRequest);
if (byDifference.right > 0) print('difference', byDifference);
console.log(`  requests without a breaking difference: ${clean} pass, ${toDecide} are left to the owner`);
for (const line of wrong) console.log(`    ${line}`);
const failures = [
  ...(precision < LEAST ? [`precision by request is below ${100 * LEAST} %`] : []),
  ...(byRequest.hidden > 0 ? ['a breaking difference is called harmless'] : []),
  ...[...missing].map((request) => `${request} was labelled, and not sent`),
];
for (const failure of failures) console.error(`FAILED: ${name}: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
