/** A flow: steps that depend on each other, written by an owner for both sides (docs/how-to/compare-with-login.md). */
import * as z from 'zod';
import { describeProblems, wordIssue } from '../../../../input/index.ts';
import { jsonText, textOf } from '../../../../json/index.ts';
import { SIDES, type Side } from '../../../../sides/index.ts';
import { parseYaml, UsageError } from '../../../shared/index.ts';
import { aroundNames } from './names.ts';
import type { PlannedRequest, Take } from './planned-request.ts';

export const FLOW_FORMAT = 'crossfade-flow/1';

const name = z.string().regex(/^[A-Za-z_][\w.-]*$/, 'must be a name: letters, digits, dots, dashes');
const variables = z.record(name, z.union([z.string(), z.number().transform(String), z.bigint().transform(String)]));
const headers = z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header field'), z.string());
const pattern = z.string().refine((text) => isPattern(text), { error: 'must be a regular expression' });

const takeSchema = z.union([
  z.strictObject({ json: z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer (RFC 6901)') }),
  z.strictObject({ header: z.string().min(1), match: pattern.optional() }),
  z.strictObject({ cookie: z.string().min(1) }),
  z.strictObject({ field: z.string().min(1) }),
  z.strictObject({ body: pattern }),
]);

const stepSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  /** A path may be a variable, for example from a Location. */
  request: z
    .string()
    .regex(/^[A-Z]+ (?:\/|\{\{[^{}\s]+\}\})\S*$/, 'must be a method and a path, such as POST /api/users'),
  headers: headers.optional(),
  /** A text is sent unchanged; anything else as JSON. */
  body: z.unknown().optional(),
  form: z.record(z.string(), z.string()).optional(),
  take: z.record(name, takeSchema).optional(),
  /** Sent only to this side and not compared, for example a login that the other side does not have. */
  only: z.enum(SIDES).optional(),
  /** Whose cookies are sent and stored, if a flow has several users. */
  as: z.string().min(1).optional(),
});

const sideSchema = z.strictObject({ variables: variables.optional() });

const flowSchema = z.strictObject({
  format: z.literal(FLOW_FORMAT),
  variables: variables.optional(),
  sides: z.strictObject({ stable: sideSchema.optional(), candidate: sideSchema.optional() }).optional(),
  /** Fields of every step. */
  headers: headers.optional(),
  steps: z.array(stepSchema).min(1),
});

export interface Flow {
  readonly steps: readonly PlannedRequest[];
  readonly variables: Readonly<Record<Side, ReadonlyMap<string, string>>>;
  /** All text that may name a secret. */
  readonly text: string;
}

/** null if the document is something else. @throws UsageError that names the file and the mistake */
export function readFlow(option: string, file: string, source: number, content: Uint8Array): Flow | null {
  const text = textOf(content);
  if (!text.ok) throw new UsageError(`${option}: ${file} ${text.problem}`);
  if (!text.value.includes(FLOW_FORMAT)) return null;
  const read = parseYaml(text.value, { file, exact: true });
  if (!read.ok) throw new UsageError(`${option}: ${file} ${read.problem}`);
  const { value } = read;
  const flow = flowSchema.safeParse(value, { error: wordIssue });
  if (!flow.success) throw new UsageError(`${option}: ${file} is not a flow: ${describeProblems(flow.error, 'flow')}`);
  const { data } = flow;
  const of = (side: Side) => new Map(Object.entries({ ...data.variables, ...data.sides?.[side]?.variables }));
  return {
    steps: data.steps.map((step, i) => plannedStep(step, data.headers ?? {}, { source, line: i + 1 })),
    variables: { stable: of('stable'), candidate: of('candidate') },
    text: text.value,
  };
}

function plannedStep(
  { name: title, request, headers: own, body, form, take, only, as }: z.infer<typeof stepSchema>,
  shared: Readonly<Record<string, string>>,
  at: PlannedRequest['at'],
): PlannedRequest {
  const [method = '', target = ''] = request.split(' ');
  const fields = new Map(
    Object.entries({ ...shared, ...own }).map(([key, value]) => [key.toLowerCase(), [key, value] as const]),
  );
  const [type, content] = contentOf(body, form);
  if (type !== null && !fields.has('content-type')) fields.set('content-type', ['Content-Type', type]);
  // Values are taken from the answers, so they are requested without a content coding.
  if (!fields.has('accept-encoding')) fields.set('accept-encoding', ['Accept-Encoding', 'identity']);
  const path = target.replace(/[?#].*$/s, '').replaceAll(/\{\{\s*([^{}\s]+)\s*\}\}/g, '{$1}');
  return {
    id: `flow-${String(at.line).padStart(3, '0')}-${(title ?? path).replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 150),
    route: `${method} ${path}`,
    method,
    target,
    headers: [...fields.values()],
    body: content === null ? null : Buffer.from(content),
    at,
    inFlow: true,
    take: Object.entries(take ?? {}).map(([key, from]): Take => ({ name: key, from: placeOf(from) })),
    ...(only === undefined ? {} : { only }),
    ...(as === undefined ? {} : { as }),
  };
}

function contentOf(body: unknown, form: Readonly<Record<string, string>> | undefined): [string | null, string | null] {
  if (form !== undefined) {
    const pairs = Object.entries(form).map(
      ([key, value]) => `${encodeURIComponent(key)}=${aroundNames(value, encodeURIComponent)}`,
    );
    return ['application/x-www-form-urlencoded', pairs.join('&')];
  }
  if (body === undefined) return [null, null];
  return typeof body === 'string' ? ['text/plain; charset=utf-8', body] : ['application/json', jsonText(body)];
}

function placeOf(from: z.infer<typeof takeSchema>): Take['from'] {
  if ('json' in from) return { kind: 'json', pointer: from.json };
  if ('cookie' in from) return { kind: 'cookie', name: from.cookie };
  if ('field' in from) return { kind: 'field', name: from.field };
  if ('body' in from) return { kind: 'body', match: from.body };
  return { kind: 'header', name: from.header, ...(from.match === undefined ? {} : { match: from.match }) };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
