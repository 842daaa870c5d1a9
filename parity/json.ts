/** JSON whose numbers keep their source text: a double would round what Go's int64 keeps. */

/** A number as it stood in the text, such as `9007199254740993`, `-0` or `1e21`. */
export class NumberToken {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

export type Json = null | boolean | string | NumberToken | readonly Json[] | { readonly [key: string]: Json };

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;
/** The third argument is ECMAScript 2026 (JSON.parse source text access), which TypeScript's library does not name yet. */
const parseWithSource: (text: string, reviver: Reviver) => Json = JSON.parse;

/** Parses `text`, or answers undefined when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return parseWithSource(text, (_key, value, context) =>
      typeof value === 'number' && context?.source !== undefined ? new NumberToken(context.source) : value,
    );
  } catch {
    return undefined;
  }
}

/** Whether two number tokens denote the same number, exactly: `1e2` and `100` do, 2^53 and 2^53 + 1 do not. */
export function sameNumber(a: NumberToken, b: NumberToken): boolean {
  return a.source === b.source || canonicalNumber(a.source) === canonicalNumber(b.source);
}

/** Sign, digits without leading or trailing zeros, and the exponent of the last digit. Zero loses its sign. */
function canonicalNumber(source: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source);
  if (match === null) return source;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + (digits.length - trimmed.length)}`;
}
