/**
 * What a rule passes to its target: the event, a part of it, a constant, or a text with parts inserted.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
import * as z from 'zod';

export const targetSchema = z.object({
  Arn: z.string(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .object({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
});
export type EventTarget = z.infer<typeof targetSchema>;

/** @throws RangeError for a path that is not `$.a.b`; SyntaxError for a template that is not JSON */
export function inputFor({ Input, InputPath, InputTransformer }: EventTarget, event: unknown): unknown {
  if (Input !== undefined) return JSON.parse(Input);
  if (InputPath !== undefined) return at(InputPath, event);
  if (InputTransformer === undefined) return event;
  const { InputPathsMap, InputTemplate } = InputTransformer;
  const values = new Map(Object.entries(InputPathsMap).map(([name, path]) => [name, at(path, event)]));
  // Within quotes a text is inserted unchanged; elsewhere a value is inserted as JSON.
  const quoted = InputTemplate.replaceAll(/"(?:[^"\\]|\\.)*"/g, (text) =>
    text.replaceAll(/<([\w.]+)>/g, (whole, name: string) => (values.has(name) ? inText(values.get(name)) : whole)),
  );
  const filled = quoted.replaceAll(/<([\w.]+)>/g, (whole, name: string) =>
    values.has(name) ? JSON.stringify(values.get(name) ?? null) : whole,
  );
  return JSON.parse(filled);
}

function inText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return JSON.stringify(text).slice(1, -1);
}

function at(path: string, event: unknown): unknown {
  if (!/^\$(?:\.[\w-]+)*$/.test(path)) throw new RangeError(`input path not known here: ${path}`);
  const steps = path.split('.').slice(1);
  return steps.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined),
    event,
  );
}
