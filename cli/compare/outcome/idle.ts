/**
 * Reports patterns that matched nothing in a run. Most of them are misspelt, so that what they should excuse or send is
 * not.
 */
import { listed } from '../../../input/index.ts';
import { appliesTo, expiredRules, type Rule, type RuleSet } from '../../../parity/rules/index.ts';
import type { Summary } from '../../../parity/tally/index.ts';

/** How many are named individually. */
const TOLD = 5;

export function idleRules(rules: RuleSet, at: number, { routes, ruled }: Summary): string[] {
  if (routes.size === 0) return [];
  const expired = expiredRules(rules, new Date(at));
  const idle = rules.rules.filter((rule) => !expired.includes(rule) && !ruled.has(rule.id));
  const [elsewhere, here] = [false, true].map((here) => idle.filter((rule) => appliesTo(rule, routes.keys()) === here));
  return [
    ...counted(
      elsewhere ?? [],
      (names) =>
        `No request was of a route that ${names} ${elsewhere?.length === 1 ? 'names' : 'name'}: ${said(routes.keys())}.`,
    ),
    ...counted(
      here ?? [],
      (names) => `Nothing was decided by ${names}: nothing differs there, or the pattern names another place.`,
    ),
  ];
}

/** @param templates of `--route` */
export function idleRoutes(templates: readonly string[], { routes }: Summary): string[] {
  const seen = [...routes.keys()].map((route) => route.slice(route.indexOf('/')));
  const idle = templates.filter((template) => routes.size > 0 && !seen.includes(template));
  if (idle.length === 0) return [];
  return [`No request was of --route ${listed(idle, TOLD)}: ${said(routes.keys())}.`];
}

const said = (routes: Iterable<string>) => `routes here are ${listed([...routes].sort(), TOLD)}`;

function counted(rules: readonly Rule[], sentence: (names: string) => string): string[] {
  if (rules.length === 0) return [];
  return [
    sentence(
      `${rules.length === 1 ? 'rule' : 'rules'} ${listed(
        rules.map(({ id }) => id),
        TOLD,
      )}`,
    ),
  ];
}
