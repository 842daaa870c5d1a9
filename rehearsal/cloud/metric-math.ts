/**
 * The part of CloudWatch's metric math that our alarms use: numbers, ids, + - * /, comparisons, AND, OR, IF, FILL.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * A value is a number or missing; arithmetic on a missing value is missing, and a division by zero is missing.
 */

export type Value = number | undefined;
type Env = Readonly<Record<string, Value>>;

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
  readonly env: Env;
}

/** @throws SyntaxError for what this cloud does not know, so that nothing is evaluated wrongly in silence. */
export function evaluate(expression: string, env: Env): Value {
  const cursor: Cursor = { tokens: tokenize(expression), at: 0, env };
  const value = either(cursor);
  if (cursor.at !== cursor.tokens.length)
    throw new SyntaxError(`metric math: unexpected "${peek(cursor)}" in ${expression}`);
  return value;
}

function tokenize(text: string): string[] {
  const tokens = text.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|>=|<=|==|!=|&&|\|\||[-+*/()<>,]/g) ?? [];
  if (tokens.join('') !== text.replaceAll(/\s/g, '')) throw new SyntaxError(`metric math: cannot read ${text}`);
  return tokens;
}

function either(c: Cursor): Value {
  let left = both(c);
  while (take(c, 'OR', '||')) {
    const right = both(c);
    left = combine(left, right, (a, b) => Number(a !== 0 || b !== 0));
  }
  return left;
}

function both(c: Cursor): Value {
  let left = comparison(c);
  while (take(c, 'AND', '&&')) {
    const right = comparison(c);
    left = combine(left, right, (a, b) => Number(a !== 0 && b !== 0));
  }
  return left;
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

function comparison(c: Cursor): Value {
  const left = sum(c);
  const operator = COMPARE[peek(c) ?? ''];
  if (operator === undefined) return left;
  c.at++;
  return combine(left, sum(c), (a, b) => Number(operator(a, b)));
}

function sum(c: Cursor): Value {
  let left = product(c);
  for (;;) {
    if (take(c, '+')) left = combine(left, product(c), (a, b) => a + b);
    else if (take(c, '-')) left = combine(left, product(c), (a, b) => a - b);
    else return left;
  }
}

function product(c: Cursor): Value {
  let left = atom(c);
  for (;;) {
    if (take(c, '*')) left = combine(left, atom(c), (a, b) => a * b);
    else if (take(c, '/')) left = combine(left, atom(c), (a, b) => (b === 0 ? undefined : a / b));
    else return left;
  }
}

function atom(c: Cursor): Value {
  const token = c.tokens[c.at++];
  if (token === undefined) throw new SyntaxError('metric math: unexpected end');
  if (token === '(') return closed(c, either(c));
  if (token === 'IF') return conditional(c);
  if (token === 'FILL') return filled(c);
  if (/^\d/.test(token)) return Number(token);
  if (!(token in c.env)) throw new SyntaxError(`metric math: unknown ${token}`);
  return c.env[token];
}

function conditional(c: Cursor): Value {
  expect(c, '(');
  const condition = either(c);
  expect(c, ',');
  const yes = either(c);
  expect(c, ',');
  const no = either(c);
  expect(c, ')');
  return condition === undefined ? undefined : condition !== 0 ? yes : no;
}

function filled(c: Cursor): Value {
  expect(c, '(');
  const value = either(c);
  expect(c, ',');
  const fallback = either(c);
  expect(c, ')');
  return value ?? fallback;
}

function combine(a: Value, b: Value, operate: (a: number, b: number) => Value): Value {
  return a === undefined || b === undefined ? undefined : operate(a, b);
}

function closed(c: Cursor, value: Value): Value {
  expect(c, ')');
  return value;
}

function peek(c: Cursor): string | undefined {
  return c.tokens[c.at];
}

function take(c: Cursor, ...wanted: readonly string[]): boolean {
  const found = wanted.includes(peek(c) ?? '');
  if (found) c.at++;
  return found;
}

function expect(c: Cursor, token: string): void {
  if (!take(c, token)) throw new SyntaxError(`metric math: expected "${token}", not "${peek(c)}"`);
}
