/** A summary as SARIF 2.1.0, for code scanning and editors: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import { createHash } from 'node:crypto';
import { CATALOGUE, type Severity } from '../../../parity/causes/index.ts';
import type { TodoItem } from '../../../report/index.ts';
import { version } from '../../shared/index.ts';
import { morePlaces } from './todo.ts';

const LEVEL = { breaking: 'error', undecided: 'warning', benign: 'note', noise: 'none' } as const satisfies Record<
  Severity,
  string
>;

/** @param notes sentences that a reader must know */
export function sarifLog(todo: readonly TodoItem[], sources: readonly string[], notes: readonly string[]) {
  const causes = [...new Set(todo.map(({ cause }) => cause))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Crossfade',
            version: version(),
            rules: causes.map((id) => ({
              id,
              shortDescription: { text: CATALOGUE[id].title },
              // GitHub's code scanning rejects a rule without one.
              fullDescription: { text: CATALOGUE[id].advice },
              help: { text: CATALOGUE[id].advice },
              defaultConfiguration: { level: LEVEL[CATALOGUE[id].severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notes.map((text) => ({
              level: 'note',
              message: { text: text.toWellFormed() },
            })),
          },
        ],
        results: todo.map((item) => ({
          ruleId: item.cause,
          ruleIndex: causes.indexOf(item.cause),
          level: LEVEL[item.severity],
          message: { text: messageOf(item) },
          locations: item.samples.map(({ at, route, place }) => ({
            physicalLocation: {
              artifactLocation: { uri: uriOf(sources[at.source] ?? '') },
              region: { startLine: Math.max(1, at.line) },
            },
            logicalLocations: [{ fullyQualifiedName: `${route} ${place}` }],
          })),
          partialFingerprints: {
            'crossfadeRoot/v1': createHash('sha256')
              .update(JSON.stringify([item.cause, item.subject]))
              .digest('hex'),
          },
          occurrenceCount: Math.max(1, item.captures),
          ...(item.known ? { suppressions: [{ kind: 'external', justification: 'The baseline names it.' }] } : {}),
        })),
      },
    ],
  };
}

function messageOf({ title, subject, advice, captures, of, places, samples }: TodoItem): string {
  const [first] = samples;
  const seen =
    first === undefined ? '' : ` ${first.place}: ${first.stable ?? '(absent)'} → ${first.candidate ?? '(absent)'}.`;
  const more = places.length > 1 ? ` ${morePlaces(places.length - 1)}.` : '';
  return `${title}${subject === '' ? '' : ` (${subject})`}, in ${captures} of ${of} captures.${seen}${more} ${advice}`.toWellFormed();
}

/** A file name as a relative reference, or as a file URI. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}
