/**
 * What a script of a Postman collection takes from an answer: `pm.environment.set('token',
 * pm.response.json().user.token)` and similar. Scripts are not executed: assignments are read in order, and a statement
 * that is not understood is ignored.
 */
import * as z from 'zod';

export interface ScriptTake {
  readonly name: string;
  readonly from:
    | { readonly kind: 'json'; readonly pointer: string }
    | { readonly kind: 'header'; readonly name: string }
    | { readonly kind: 'cookie'; readonly name: string }
    | { readonly kind: 'body'; readonly match: string };
  /** The script checks a condition first, so an answer may lack it. */
  readonly mayLack?: true;
}

export interface PostmanScripts {
  readonly takes: readonly ScriptTake[];
  /** Constants in the script, before the request or after its answer. */
  readonly before: readonly (readonly [name: string, value: string])[];
  readonly after: readonly (readonly [name: string, value: string])[];
  /** Names that get a value in a way that is not understood. */
  readonly unread: readonly string[];
}

const eventsSchema = z
  .array(
    z.looseObject({
      listen: z.string(),
      script: z.looseObject({
        exec: z.union([z.string(), z.array(z.string()).transform((lines) => lines.join('\n'))]),
      }),
    }),
  )
  .catch([]);

/** Scripts of an item, a folder or a collection. */
export function scriptsOf(event: unknown): PostmanScripts {
  const read = eventsSchema.parse(event ?? []).map(({ listen, script }) => {
    const { takes, constants, unread } = scriptIn(script.exec);
    if (listen === 'test') return { takes, before: [], after: constants, unread };
    // There is no answer before a request.
    return { takes: [], before: constants, after: [], unread: [...takes.map(({ name }) => name), ...unread] };
  });
  return {
    takes: read.flatMap(({ takes }) => takes),
    before: read.flatMap(({ before }) => before),
    after: read.flatMap(({ after }) => after),
    unread: read.flatMap(({ unread }) => unread),
  };
}

const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/.source;
const COMMENTS = new RegExp(`(${STRING})|//[^\\n]*|/\\*[\\s\\S]*?\\*/`, 'g');
/**
 * Matches a string literal, which is skipped; an assignment to a name or to names in braces, up to its value; or a call
 * that sets a variable, up to its name.
 */
const STATEMENT = new RegExp(
  [
    STRING,
    /(?<![\w$.])([A-Za-z_$][\w$]*|\{[^{}]*\})\s*=(?![=>])/.source,
    /(\bpm\s*\.\s*(?:globals|environment|collectionVariables|variables)\s*\.\s*set|\bpostman\s*\.\s*set(?:Environment|Global)Variable)\s*\(/
      .source,
  ].join('|'),
  'g',
);
/** The value of a name until an answer sets it, or if no answer does. */
const EMPTY = /^(?:\{\}|\[\]|null|undefined|''|"")$/;
const CONDITION = /\b(?:if|try|switch|catch)\b|&&|\?(?![.?])/;
const ANSWER = /^(?:pm\.response\.json\(\)|JSON\.parse\((?:responseBody|pm\.response\.text\(\))\))/;
const STEP = /^(?:\??\.([A-Za-z_$][\w$]*)|(?:\?\.)?\[(?:'([^']*)'|"([^"]*)"|(\d+))\])/;
const FIELD = /^(?:pm\.response\.headers\.get|postman\.getResponseHeader)\(['"]([\w-]+)['"]\)$/;
const COOKIE = /^pm\.cookies\.get\(['"]([^'"]+)['"]\)$/;

type Path = readonly string[];

function scriptIn(source: string) {
  const script = source.replaceAll(COMMENTS, (_, string?: string) => string ?? ' ');
  const conditional = CONDITION.test(script.replaceAll(new RegExp(STRING, 'g'), ''));
  const known = new Map<string, Path>();
  const takes: ScriptTake[] = [];
  const constants: [name: string, value: string][] = [];
  const unread: string[] = [];
  for (const { 0: whole, 1: target, 2: setter, index } of script.matchAll(STATEMENT)) {
    const first = expressionAt(script, index + whole.length, setter !== undefined);
    if (target !== undefined) assign(target, first, known);
    else if (setter !== undefined) {
      const name = /^\s*(['"`])([^'"`]+)\1\s*$/.exec(first)?.[2];
      if (name === undefined) continue;
      const value = expressionAt(script, index + whole.length + first.length + 1, true);
      const [from, constant] = [placeOf(value, known), constantOf(value)];
      if (constant !== null && !conditional) constants.push([name, constant]);
      else if (from === null) unread.push(name);
      else takes.push({ name, from, ...(conditional ? { mayLack: true } : {}) });
    }
  }
  return { takes, constants, unread };
}

function assign(target: string, value: string, known: Map<string, Path>): void {
  if (EMPTY.test(compact(value))) return;
  const path = pathOf(value, known);
  const names: [name: string, path: Path | null][] = target.startsWith('{')
    ? target
        .slice(1, -1)
        .split(',')
        .flatMap((part): [string, Path | null][] => {
          const [, key, name = key] = /^\s*([\w$]+)(?:\s*:\s*([\w$]+))?/.exec(part) ?? [];
          return key === undefined || name === undefined ? [] : [[name, path === null ? null : [...path, key]]];
        })
    : [[target, path]];
  for (const [name, at] of names)
    if (at === null) known.delete(name);
    else known.set(name, at);
}

/** A string without escapes, a number or a boolean, as Postman inserts it into a request. */
function constantOf(expression: string): string | null {
  const [, number, , text] = /^\s*(?:(-?\d+(?:\.\d+)?|true|false)|(["'])([^\\]*)\2)\s*$/.exec(expression) ?? [];
  return number ?? text ?? null;
}

function placeOf(expression: string, known: ReadonlyMap<string, Path>): ScriptTake['from'] | null {
  const text = compact(expression);
  if (text === 'responseBody' || text === 'pm.response.text()') return { kind: 'body', match: '[\\s\\S]*' };
  const field = FIELD.exec(text)?.[1];
  if (field !== undefined) return { kind: 'header', name: field };
  const cookie = COOKIE.exec(text)?.[1];
  if (cookie !== undefined) return { kind: 'cookie', name: cookie };
  const path = pathOf(expression, known);
  if (path === null) return null;
  const steps = path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return { kind: 'json', pointer: steps.join('') };
}

/** The place in the answer's JSON that an expression reads. The part after `||` counts only if nothing is there. */
function pathOf(expression: string, known: ReadonlyMap<string, Path>): Path | null {
  const whole = compact(expression)
    .replace(/(?:\|\||\?\?)[\s\S]*$/, '')
    .replace(/\.toString\(\)$/, '');
  const text = /^String\((.*)\)$/s.exec(whole)?.[1] ?? whole;
  const answer = ANSWER.exec(text)?.[0];
  const name = answer ?? /^[A-Za-z_$][\w$]*/.exec(text)?.[0] ?? '';
  const base = answer === undefined ? known.get(name) : [];
  if (base === undefined) return null;
  const path = [...base];
  let rest = text.slice(name.length);
  for (let step = STEP.exec(rest); step !== null; step = STEP.exec(rest)) {
    path.push(step.slice(1).find((one) => one !== undefined) ?? '');
    rest = rest.slice(step[0].length);
  }
  return rest === '' ? path : null;
}

/** Removes white space, except within strings. */
function compact(expression: string): string {
  return expression.replaceAll(new RegExp(`(${STRING})|\\s+`, 'g'), (_, string?: string) => string ?? '');
}

/**
 * Reads to the comma, semicolon or bracket that ends the expression; outside of a call also to the end of the line,
 * unless the next line continues it.
 */
function expressionAt(script: string, from: number, isInCall: boolean): string {
  const rest = script.slice(from);
  let depth = 0;
  for (const { 0: part, index } of rest.matchAll(new RegExp(`${STRING}|[\\s\\S]`, 'g'))) {
    const isEnd =
      /^[,;)\]}]$/.test(part) || (part === '\n' && !isInCall && !/^\s*(?:[.?|&]|$)/.test(rest.slice(index)));
    if (isEnd && depth === 0) return rest.slice(0, index);
    if (/^[([{]$/.test(part)) depth++;
    else if (/^[)\]}]$/.test(part)) depth--;
  }
  return rest;
}
