/** Which requests a rule of the cutover matches: the props, their limits, and the custom resource's properties. */
import { isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';

/**
 * ELBv2's limits over all conditions of a rule
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
 */
const MAX_VALUES = 5;
const MAX_WILDCARDS = 6;
const MAX_LENGTH = 128;

/** A header field of a request, with at least one of some values. */
export interface HeaderValues {
  /** Name of the field, case-insensitive. */
  readonly name: string;
  /** Patterns, one of which must match the field's value. */
  readonly values: readonly string[];
}

/** A query parameter of a request. */
export interface QueryMatch {
  /** @default - any parameter with that value */
  readonly key?: string | undefined;
  /** Pattern that must match the parameter. */
  readonly value: string;
}

/**
 * A missing prop is no restriction. All given props must match, each with at least one of its values. ELBv2 accepts
 * five values and six wildcards (`*`, `?`) in total.
 */
export interface RuleMatch {
  /** Host patterns, such as `shop.example.com`. @default - any host */
  readonly hosts?: readonly string[] | undefined;
  /** Path patterns, such as `/api/*`. @default ['/*'] */
  readonly paths?: readonly string[] | undefined;
  /** Header fields, all of which must match. @default - none */
  readonly headers?: readonly HeaderValues[] | undefined;
  /** Query parameters, one of which must match. @default - none */
  readonly queries?: readonly QueryMatch[] | undefined;
  /** CIDR blocks, one of which must contain the client. @default - any client */
  readonly sources?: readonly string[] | undefined;
  /**
   * ARN of a rule of the same listener, whose conditions and login (`authenticate-cognito`, `jwt-validation`) the new
   * rule copies; it replaces all of the above.
   * @default - none, and the new rule requires no login
   */
  readonly like?: string | undefined;
}

/**
 * @param at precedes every message
 * @param methods how many methods the rule names in addition
 * @param testers the values that identify testers
 * @throws RangeError that names the prop
 */
export function checkMatch(at: string, match: RuleMatch, methods: number, testers: readonly string[] = []): void {
  const check: Say = (ok, problem) => {
    if (!ok) throw new RangeError(`${at}${problem}`);
  };
  if (match.like !== undefined) {
    checkLike(check, match);
    return;
  }
  checkConditions(check, match);
  checkLimits(check, match, methods, testers);
}

function checkLike(check: Say, match: RuleMatch): void {
  const beside = (['hosts', 'paths', 'headers', 'queries', 'sources'] as const).find(
    (name) => match[name] !== undefined,
  );
  check(beside === undefined, `${beside} and like exclude each other: like copies all conditions`);
}

/** Each by itself. */
function checkConditions(check: Say, match: RuleMatch): void {
  const { hosts = [], paths = [], headers = [], queries = [], sources = [] } = match;
  for (const [name, values] of Object.entries({ hosts, paths, sources }))
    for (const [i, value] of values.entries()) checkText(check, `${name}.${i}`, value);
  for (const [i, header] of headers.entries()) checkHeader(check, `headers.${i}`, header);
  for (const [i, { key, value }] of queries.entries()) {
    if (key !== undefined) checkText(check, `queries.${i}.key`, key);
    checkText(check, `queries.${i}.value`, value);
  }
  for (const [i, host] of hosts.entries())
    check(
      Token.isUnresolved(host) || /^[A-Za-z0-9.*?-]+$/.test(host),
      `hosts.${i} must be a name such as shop.example.com, without scheme, port or path, not "${host}"`,
    );
  for (const [i, path] of paths.entries()) {
    check(Token.isUnresolved(path) || /^[/*?]/.test(path), `paths.${i} must begin with /, not "${path}"`);
    check(
      Token.isUnresolved(path) || /^[!-~]*$/.test(path),
      `paths.${i} must be of ASCII without spaces (? stands for any one character), not "${path}"`,
    );
  }
  for (const [i, block] of sources.entries())
    check(isBlock(block), `sources.${i} must be a CIDR block such as 10.0.0.0/8 or 2001:db8::/32, not "${block}"`);
}

/** ELBv2's limits over all of them together. */
function checkLimits(check: Say, match: RuleMatch, methods: number, testers: readonly string[]): void {
  const { hosts = [], paths = ['/*'], headers = [], queries = [], sources = [] } = match;
  const matched = [...testers, ...hosts, ...paths, ...headers.flatMap(({ values }) => values)];
  const values = methods + matched.length + queries.length + sources.length;
  check(
    values >= 1 && values <= MAX_VALUES,
    `methods, hosts, paths, headers, queries, sources and cohort must be 1 to ${MAX_VALUES} values together, not ${values}`,
  );
  const patterns = [...matched, ...queries.flatMap(({ key = '', value }) => [key, value])];
  const wildcards = patterns.join('').replaceAll(/[^*?]/g, '').length;
  check(
    wildcards <= MAX_WILDCARDS,
    `hosts, paths, headers, queries and cohort must have at most ${MAX_WILDCARDS} wildcards together, not ${wildcards}`,
  );
}

/** A CIDR block of either family; tokens are unknown at synthesis. */
export function isBlock(block: string): boolean {
  if (Token.isUnresolved(block)) return true;
  const [address = '', prefix = '', ...rest] = block.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
}

/** The problem follows the prop's name. */
type Say = (ok: boolean, problem: string) => void;

export function checkHeader(check: Say, at: string, { name, values }: HeaderValues): void {
  check(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/.test(name),
    `${at}.name must be the name of a header field, not "${name}"`,
  );
  check(name.toLowerCase() !== 'host', `${at}.name must not be Host, which is matched by hosts alone`);
  check(values.length > 0, `${at}.values must not be empty`);
  for (const [j, value] of values.entries()) checkText(check, `${at}.values.${j}`, value);
}

function checkText(check: Say, name: string, value: string): void {
  check(
    Token.isUnresolved(value) || (value.length <= MAX_LENGTH && /^\P{Cc}+$/u.test(value)),
    `${name} must be 1 to ${MAX_LENGTH} characters, none of them a control character`,
  );
}

/** Only what is given, so that a rule of an earlier version keeps its properties and is not written. */
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
