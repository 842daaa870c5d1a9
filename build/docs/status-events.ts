/** The page about the status event, field by field, and its JSON Schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { STATUS_EVENT_DETAIL_TYPE, STATUS_EVENT_SOURCE, statusEventSchema } from '../../core/status/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { docOf, fieldDocs } from './field-docs.ts';
import { fieldRows } from './json-schema.ts';
import { type Page, page } from './page.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'core', 'status', 'status-event.ts');

export function statusEventsPage(): Page {
  const docs = fieldDocs(readFileSync(SOURCE, 'utf8'), 'statusEventSchema');
  const fields = markdownTable(
    ['field', 'type', 'meaning'],
    fieldRows(jsonSchema()).map(({ path, type }) => [markdownCode(path), type, docOf(docs, path)]),
  );
  return page(
    'docs/reference/status-events.md',
    'Status events',
    'Each phase, decision, pending sign-off, rollback and end of a cutover is one JSON event. [status-event.schema.json](status-event.schema.json) holds the same as a JSON Schema (`crossfade/status-event.schema.json` in the package). Fields are added without notice; a reader ignores those that it does not know.',
    WHERE,
    `## Fields\n\n${fields}`,
  );
}

const WHERE = `## Where it arrives

- EventBridge, default bus: source \`${STATUS_EVENT_SOURCE}\`, detail type \`${STATUS_EVENT_DETAIL_TYPE}\`; the event is the \`detail\`. Every event comes here.
- The status topic, but for events of kind \`decision\`, of which there is one every minute: subscriptions by HTTPS, Lambda and SQS get the
  event as JSON, subscriptions by mail its text and links. The message attributes \`kind\` and \`severity\` serve filter policies of
  subscriptions. The messages of CloudWatch's alarms come on the same topic, in CloudWatch's own form.`;

export function statusEventSchemaFile(): Page {
  return { file: 'docs/reference/status-event.schema.json', text: `${JSON.stringify(jsonSchema(), null, 2)}\n` };
}

function jsonSchema(): unknown {
  return JSON.parse(JSON.stringify(z.toJSONSchema(statusEventSchema)));
}
