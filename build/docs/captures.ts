/** The capture record, field by field. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CAPTURE_VERSION, captureRecordSchema, legSchema } from '../../capture/format/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { docOf, fieldDocs } from './field-docs.ts';
import { type FieldRow, fieldRows } from './json-schema.ts';
import { type Page, page } from './page.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'capture', 'format', 'record.ts');

/** The legs have sections of their own. */
const WITHIN_A_LEG = /^(?:stable|candidate|noise)\./;

export function capturesPage(): Page {
  const source = readFileSync(SOURCE, 'utf8');
  const record = fieldDocs(source, 'captureRecordSchema');
  const [response, failed] = legSchema.options;
  return page(
    'docs/reference/captures.md',
    'The capture format',
    `A capture is one request with the answers of both sides: one line of NDJSON, one Firehose record. The mirror writes version ${CAPTURE_VERSION}; a reader refuses a version that it does not know. Secrets are redacted before a capture exists ([redaction](redaction.md)).`,
    `## Record\n\n${rows(z.toJSONSchema(captureRecordSchema, { unrepresentable: 'any' }), record, (path) => !WITHIN_A_LEG.test(path))}`,
    `## A leg that answered\n\nA leg is the answer of one side: \`stable\`, \`candidate\` and \`noise\` (the control answer).\n\n${rows(z.toJSONSchema(response), fieldDocs(source, 'responseLegSchema'))}`,
    `## A leg without an answer\n\n${rows(z.toJSONSchema(failed), fieldDocs(source, 'failedLegSchema'))}`,
  );
}

function rows(
  schema: unknown,
  docs: ReadonlyMap<string, string>,
  isShown: (path: string) => boolean = () => true,
): string {
  const shown = fieldRows(schema).filter(({ path }) => isShown(path));
  return markdownTable(
    ['field', 'type', 'range', 'meaning'],
    shown.map((row) => [markdownCode(row.path), typeOf(row), row.range, docOf(docs, row.path)]),
  );
}

function typeOf({ type, required }: FieldRow): string {
  return required ? type : `${type}, optional`;
}
