/**
 * The part of CloudWatch's metric math that alarms and dashboards here use: numbers, ids, + - * /, comparisons, AND,
 * OR, IF and FILL, evaluated at one timestamp at a time. Anything else is refused when the expression is read.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** The value of a series at one timestamp, or missing. */
export type Value = number | undefined;
export type Env = Readonly<Record<string, Value>>;

/**
 * A scalar has a value at every timestamp. A series may lack one, and only then do AWS's rules about missing values
 * apply.
 */
interface Operand {
  readonly scalar: boolean;
  readonly value: Value;
}
type Node = (env: Env) => Operand;

export interface MathExpression {
  /** Ids of the metrics and expressions that it reads. */
  readonly ids: ReadonlySet<string>;
  at(env: Env): Value;
}

const TOKEN = /\d+(?:\.\d+)?|[A-Za-z_]\w*|>=|<=|==|!=|&&|\|\||[-+*/()<>,]/g;

/** @throws SyntaxError for unsupported syntax, so that nothing is silently evaluated wrongly */
export function compileMath(text: string): MathExpression {
  const tokens = text.match(TOKEN) ?? [];
  if (tokens.join('') !== text.replaceAll(/\s/g, '')) throw new SyntaxError(`metric math: cannot read ${text}`);
  const parser = new Parser(tokens);
  const root = parser.whole();
  return { ids: parser.ids, at: (env) => root(env).value };
}

/** Compiles and evaluates in one step. @throws SyntaxError */
export function evaluate(text: string, env: Env): Value {
  return compileMath(text).at(env);
}

type Operate = (a: number, b: number) => Value;
const truth = (holds: (a: number, b: number) => boolean): Operate => {
  return (a, b) => Number(holds(a, b));
};

/** Lowest precedence first. */
const LEVELS: readonly Readonly<Record<string, Operate>>[] = [
  { OR: truth((a, b) => a !== 0 || b !== 0), '||': truth((a, b) => a !== 0 || b !== 0) },
  { AND: truth((a, b) => a !== 0 && b !== 0), '&&': truth((a, b) => a !== 0 && b !== 0) },
  {
    '>=': truth((a, b) => a >= b),
    '<=': truth((a, b) => a <= b),
    '>': truth((a, b) => a > b),
    '<': truth((a, b) => a < b),
    '==': truth((a, b) => a === b),
    '!=': truth((a, b) => a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  // A point that would divide by zero is dropped.
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? undefined : a / b) },
];

class Parser {
  readonly ids = new Set<string>();
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Node {
    const node = this.#level(0);
    if (this.#at !== this.#tokens.length) throw new SyntaxError(`metric math: unexpected "${this.#tokens[this.#at]}"`);
    return node;
  }

  #level(depth: number): Node {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.#atom();
    let left = this.#level(depth + 1);
    for (;;) {
      const operate = operators[this.#tokens[this.#at] ?? ''];
      if (operate === undefined) return left;
      this.#at++;
      const [a, b] = [left, this.#level(depth + 1)];
      left = (env) => combine(a(env), b(env), operate);
    }
  }

  #atom(): Node {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new SyntaxError('metric math: unexpected end');
    if (token === '(') {
      const inner = this.#level(0);
      this.#expect(')');
      return inner;
    }
    if (token === '-') return negated(this.#atom());
    if (token === 'IF') return conditional(this.#arguments('IF', 2, 3));
    if (token === 'FILL') return filled(this.#arguments('FILL', 2, 2));
    if (/^\d/.test(token)) return () => ({ scalar: true, value: Number(token) });
    // Ids begin with a lower-case letter; functions and keywords are upper case.
    if (!/^[a-z]/.test(token)) throw new SyntaxError(`metric math: ${token} is not known here`);
    this.ids.add(token);
    return (env) => {
      if (!(token in env)) throw new SyntaxError(`metric math: unknown ${token}`);
      return { scalar: false, value: env[token] };
    };
  }

  #arguments(name: string, least: number, most: number): Node[] {
    this.#expect('(');
    const given = [this.#level(0)];
    while (this.#tokens[this.#at] === ',') {
      this.#at++;
      given.push(this.#level(0));
    }
    this.#expect(')');
    if (given.length < least || given.length > most)
      throw new SyntaxError(`metric math: ${name} takes ${least} to ${most} arguments, not ${given.length}`);
    return given;
  }

  #expect(token: string): void {
    const found = this.#tokens[this.#at++];
    if (found !== token) throw new SyntaxError(`metric math: expected "${token}", not "${found ?? 'the end'}"`);
  }
}

/**
 * If only one of two series has a value, the missing one counts as 0; combined with a scalar, a missing point stays
 * missing.
 */
function combine(a: Operand, b: Operand, operate: Operate): Operand {
  if (a.scalar && b.scalar) return { scalar: true, value: onBoth(a.value, b.value, operate) };
  if (a.scalar || b.scalar) return { scalar: false, value: onBoth(a.value, b.value, operate) };
  if (a.value === undefined && b.value === undefined) return { scalar: false, value: undefined };
  return { scalar: false, value: operate(a.value ?? 0, b.value ?? 0) };
}

function onBoth(a: Value, b: Value, operate: Operate): Value {
  return a === undefined || b === undefined ? undefined : operate(a, b);
}

function negated(node: Node): Node {
  return (env) => {
    const { scalar, value } = node(env);
    return { scalar, value: value === undefined ? undefined : -value };
  };
}

/**
 * If the condition is true but has no value there: 0. If it is false without a value, or missing: the point is dropped.
 */
function conditional([condition, yes, no]: readonly Node[]): Node {
  return (env) => {
    const test = condition?.(env).value;
    if (test === undefined) return { scalar: false, value: undefined };
    return test === 0 ? { scalar: false, value: no?.(env).value } : { scalar: false, value: yes?.(env).value ?? 0 };
  };
}

function filled([series, filler]: readonly Node[]): Node {
  return (env) => ({ scalar: false, value: series?.(env).value ?? filler?.(env).value });
}
