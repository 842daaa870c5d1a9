/** Which requests a rule of the cutover takes: the props, their limits, and the custom resource's properties. */
import { Token } from 'aws-cdk-lib';

/** ELBv2's limits over all conditions of a rule (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html). */
const MAX_VALUES = 5;
const MAX_WILDCARDS = 6;
const MAX_LENGTH = 128;

export interface HeaderValues {
  readonly name: string;
  /** Patterns, one of which the field's value must match. */
  readonly values: readonly string[];
}

export interface QueryMatch {
  /** @default - any parameter of that value */
  readonly key?: string | undefined;
  readonly value: string;
}

/**
 * What is left out demands nothing; all that is given must hold, and of each list one value is enough. ELBv2 takes five values and
 * six wildcards (`*`, `?`) in all.
 */
export interface RuleMatch {
  /** Host patterns, such as `shop.example.com`. @default - any host */
  readonly hosts?: readonly string[] | undefined;
  /** Path patterns, such as `/api/*`. @default ['/*'] */
  readonly paths?: readonly string[] | undefined;
  /** All of these header fields. @default - none */
  readonly headers?: readonly HeaderValues[] | undefined;
  /** One of these query parameters. @default - none */
  readonly queries?: readonly QueryMatch[] | undefined;
  /** CIDR blocks, one of which the client must be in. @default - any client */
  readonly sources?: readonly string[] | undefined;
  /**
   * ARN of a rule of the same listener, whose conditions and whose login (`authenticate-cognito`, `jwt-validation`) the new rule
   * copies; it replaces all of the above. @default - none, and the new rule demands no login
   */
  readonly like?: string | undefined;
}

/**
 * @param at stands before every message
 * @param methods how many methods the rule names beside these
 * @param testers how many values tell testers from the others
 * @throws RangeError that names the prop
 */
export function checkMatch(at: string, match: RuleMatch, methods: number, testers = 0): void {
  const { hosts = [], paths = ['/*'], headers = [], queries = [], sources = [], like } = match;
  const check = (ok: boolean, problem: string) => {
    if (!ok) throw new RangeError(`${at}${problem}`);
  };
  if (like !== undefined) {
    check(
      Token.isUnresolved(like) || /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:listener-rule\/app\//.test(like),
      `like must be the ARN of a listener's rule, not "${like}"`,
    );
    const beside = (['hosts', 'paths', 'headers', 'queries', 'sources'] as const).filter(
      (name) => match[name] !== undefined,
    );
    check(beside.length === 0, `${beside[0]} and like exclude each other: like copies all conditions`);
    return;
  }
  const listed = { hosts, paths, sources };
  for (const [name, values] of Object.entries(listed))
    for (const [i, value] of values.entries()) checkText(check, `${name}.${i}`, value);
  for (const [i, { name, values }] of headers.entries()) {
    check(
      /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/.test(name),
      `headers.${i}.name must be the name of a header field, not "${name}"`,
    );
    check(values.length > 0, `headers.${i}.values must not be empty`);
    for (const [j, value] of values.entries()) checkText(check, `headers.${i}.values.${j}`, value);
  }
  for (const [i, { key, value }] of queries.entries()) {
    if (key !== undefined) checkText(check, `queries.${i}.key`, key);
    checkText(check, `queries.${i}.value`, value);
  }
  for (const [i, host] of hosts.entries())
    check(
      Token.isUnresolved(host) || /^[A-Za-z0-9.*?-]+$/.test(host),
      `hosts.${i} must be a name such as shop.example.com, without scheme, port or path, not "${host}"`,
    );
  for (const [i, path] of paths.entries())
    check(Token.isUnresolved(path) || /^[/*?]/.test(path), `paths.${i} must begin with /, not "${path}"`);
  for (const [i, block] of sources.entries())
    check(
      Token.isUnresolved(block) || /^[0-9a-fA-F.:]+\/\d{1,3}$/.test(block),
      `sources.${i} must be a CIDR block, not "${block}"`,
    );
  const patterns = [
    ...hosts,
    ...paths,
    ...headers.flatMap(({ values }) => values),
    ...queries.flatMap(({ key = '', value }) => [key, value]),
  ];
  const values =
    methods +
    testers +
    hosts.length +
    paths.length +
    headers.flatMap((h) => h.values).length +
    queries.length +
    sources.length;
  check(
    values >= 1 && values <= MAX_VALUES,
    `methods, hosts, paths, headers, queries, sources and cohort must be 1 to ${MAX_VALUES} values together, not ${values}`,
  );
  const wildcards = patterns.join('').replaceAll(/[^*?]/g, '').length;
  check(
    wildcards <= MAX_WILDCARDS,
    `hosts, paths, headers and queries must have at most ${MAX_WILDCARDS} wildcards together, not ${wildcards}`,
  );
}

function checkText(check: (ok: boolean, problem: string) => void, name: string, value: string): void {
  check(
    typeof value === 'string' && value !== '' && (Token.isUnresolved(value) || value.length <= MAX_LENGTH),
    `${name} must be 1 to ${MAX_LENGTH} characters`,
  );
}

/** Only what is given: a rule of an earlier version keeps its properties, and is not written. */
export function matchProperties({ hosts, paths = ['/*'], headers, queries, sources, like }: RuleMatch) {
  if (like !== undefined) return { LikeRuleArn: like };
  return {
    Paths: paths,
    ...(hosts === undefined ? {} : { Hosts: hosts }),
    ...(headers === undefined ? {} : { Headers: headers.map(({ name, values }) => ({ Name: name, Values: values })) }),
    ...(queries === undefined
      ? {}
      : { Queries: queries.map(({ key, value }) => ({ ...(key === undefined ? {} : { Key: key }), Value: value })) }),
    ...(sources === undefined ? {} : { Sources: sources }),
  };
}
