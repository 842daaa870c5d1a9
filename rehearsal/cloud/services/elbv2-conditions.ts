/**
 * A rule's conditions as the Query protocol spells them, held to the limits that AWS documents.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
import type { RuleModel } from '../../machine/index.ts';
import { members } from '../wire/index.ts';
import { invalid } from './elbv2-model.ts';

type Conditions = RuleModel['conditions'];

/** Limit over all conditions of a rule. */
const MAX_VALUES = 5;
const MAX_WILDCARDS = 6;
/** Limit for one value. */
const MAX_LENGTH = 128;

/** Kinds of which a rule may have several conditions. */
const REPEATABLE = ['http-header', 'query-string'];

/** One condition of each kind. */
const KINDS: Readonly<Record<string, (p: URLSearchParams, prefix: string) => Conditions>> = {
  'http-request-method': (p, prefix) => ({ methods: members(p, `${prefix}.HttpRequestMethodConfig.Values`) }),
  'path-pattern': (p, prefix) => ({ paths: eitherWay(p, prefix, 'PathPatternConfig') }),
  'host-header': (p, prefix) => ({ hosts: eitherWay(p, prefix, 'HostHeaderConfig') }),
  'source-ip': (p, prefix) => ({ sources: members(p, `${prefix}.SourceIpConfig.Values`) }),
  'http-header': (p, prefix) => {
    const name = p.get(`${prefix}.HttpHeaderConfig.HttpHeaderName`) ?? '';
    return { headers: [{ name, values: members(p, `${prefix}.HttpHeaderConfig.Values`) }] };
  },
  'query-string': (p, prefix) => ({ queries: [queryValues(p, `${prefix}.QueryStringConfig.Values`)] }),
};

/** null if the request has none. @throws CloudError for conditions that ELBv2 rejects, and for regular expressions */
export function parseConditions(p: URLSearchParams): Conditions | null {
  if (!p.has('Conditions.member.1.Field')) return null;
  let conditions: Conditions = {};
  const seen = new Set<string>();
  for (let i = 1; p.has(`Conditions.member.${i}.Field`); i++) {
    const field = p.get(`Conditions.member.${i}.Field`) ?? '';
    const one = KINDS[field]?.(p, `Conditions.member.${i}`);
    if (one === undefined) throw invalid(`Condition field '${field}' is not known here`);
    if (seen.has(field) && !REPEATABLE.includes(field)) throw invalid(`A rule can only have one '${field}' condition`);
    if (valuesOf(one).length === 0) throw invalid('A condition value must be specified');
    seen.add(field);
    conditions = both(conditions, one);
  }
  refuseBeyondLimits(valuesOf(conditions));
  return conditions;
}

function both(given: Conditions, { headers = [], queries = [], ...one }: Conditions): Conditions {
  return {
    ...given,
    ...one,
    ...(headers.length === 0 ? {} : { headers: [...(given.headers ?? []), ...headers] }),
    ...(queries.length === 0 ? {} : { queries: [...(given.queries ?? []), ...queries] }),
  };
}

function valuesOf({ methods = [], paths = [], hosts = [], sources = [], headers = [], queries = [] }: Conditions) {
  const pairs = queries.flat().map(({ key = '', value }) => `${key}${value}`);
  return [...methods, ...paths, ...hosts, ...sources, ...headers.flatMap(({ values }) => values), ...pairs];
}

function refuseBeyondLimits(values: readonly string[]): void {
  if (values.length > MAX_VALUES) throw invalid(`A rule can only have '${MAX_VALUES}' condition values`);
  const wildcards = values.join('').replaceAll(/[^*?]/g, '').length;
  if (wildcards > MAX_WILDCARDS) throw invalid(`A rule can only have '${MAX_WILDCARDS}' condition wildcards`);
  if (values.some((value) => value.length > MAX_LENGTH))
    throw invalid(`A condition value can have at most ${MAX_LENGTH} characters`);
}

/** From the condition's own configuration, or from its older form as a list. */
function eitherWay(p: URLSearchParams, prefix: string, config: string): string[] {
  return [...members(p, `${prefix}.${config}.Values`), ...members(p, `${prefix}.Values`)];
}

function queryValues(p: URLSearchParams, prefix: string): { key?: string; value: string }[] {
  const values: { key?: string; value: string }[] = [];
  for (let i = 1; p.has(`${prefix}.member.${i}.Value`); i++) {
    const key = p.get(`${prefix}.member.${i}.Key`);
    values.push({ ...(key === null ? {} : { key }), value: p.get(`${prefix}.member.${i}.Value`) ?? '' });
  }
  return values;
}
