/** Applies rules to differences. `schema.ts` defines the rules; docs/reference/parity.md, "Rules", explains them. */

import { matchesPattern, type Segments, segmentsOf } from '../../http/index.ts';
import { type Cause, entryOf, isMeantBy, standsAgainst } from '../causes/index.ts';
import { bytesVary, type Difference, isOfValues, otherFormat, otherNumber, why } from '../model/index.ts';
import type { ArrayRule, BodyRules } from './body-rules.ts';
import { seenIn } from './excerpt.ts';
import type { Place, Rule, RuleSet } from './schema.ts';
import { isTolerated } from './tolerance.ts';

/** The rules that apply at a given time. */
export interface CompiledRules {
  /** Rules that have expired and were left out. */
  readonly expired: readonly Rule[];
  forRoute(route: string): RouteRules;
}

/** The rules that apply to one route. */
export interface RouteRules extends BodyRules {
  judge<D extends Difference>(difference: D): D;
}

interface Compiled {
  readonly rule: Rule;
  readonly route: Segments | null;
  readonly pointer: Segments | null;
}

/** Rules whose last day (UTC) has passed. */
export function expiredRules({ rules }: RuleSet, now: Date): Rule[] {
  const today = now.toISOString().slice(0, 10);
  return rules.filter(({ expires }) => expires < today);
}

/** Rules that would hide the failing answers of every route. */
export function sweepingRules({ rules }: RuleSet): Rule[] {
  return rules.filter((rule) => {
    const { route, cause } = { cause: undefined, ...rule.where };
    const excuses = rule.kind === 'ignore' || (rule.kind === 'reclassify' && !standsAgainst(rule.severity));
    const everywhere = route === undefined || route === '/**';
    return excuses && everywhere && cause !== undefined && OF_FAILURES.has(cause);
  });
}

/** Whether a rule applies to any of these routes, such as `GET /items/{id}`. */
export function appliesTo({ where }: Rule, routes: Iterable<string>): boolean {
  if (where.route === undefined) return true;
  const pattern = segmentsOf(where.route);
  for (const route of routes) if (matchesPattern(pattern, segmentsOf(pathOfRoute(route)))) return true;
  return false;
}

/** Causes of answers that fail as a whole. */
const OF_FAILURES: ReadonlySet<Cause> = new Set<Cause>(['status', 'no-answer', 'crash-closes-connection']);

/** Routes are templates, and few; at most this many are cached. */
const MAX_ROUTES = 10_000;

export function compileRules(set: RuleSet, now: Date): CompiledRules {
  const expired = expiredRules(set, now);
  const compiled = set.rules.filter((rule) => !expired.includes(rule)).map(compiledRule);
  const byRoute = new Map<string, RouteRules>();
  return {
    expired,
    forRoute(route) {
      const known = byRoute.get(route);
      if (known !== undefined) return known;
      const segments = segmentsOf(pathOfRoute(route));
      const made = routeRules(compiled.filter((c) => c.route === null || matchesPattern(c.route, segments)));
      if (byRoute.size < MAX_ROUTES) byRoute.set(route, made);
      return made;
    },
  };
}

/** A record's route may be `GET /items/{id}`. A rule names the path and applies to all methods. */
export function pathOfRoute(route: string): string {
  return route.slice(Math.max(0, route.indexOf('/')));
}

/** Classifies differences according to the rules. Differences that a rule has already classified are left unchanged. */
export function applyRules(differences: readonly Difference[], rules: RouteRules): Difference[] {
  return differences.map((difference) => rules.judge(difference));
}

function compiledRule(rule: Rule): Compiled {
  const { route, pointer } = { pointer: undefined, ...rule.where };
  return {
    rule,
    route: route === undefined ? null : segmentsOf(route),
    pointer: pointer === undefined ? null : segmentsOf(pointer),
  };
}

function routeRules(rules: readonly Compiled[]): RouteRules {
  const ofArrays = rules.flatMap(arrayRuleOf);
  const ofValues = rules.filter(({ rule: { kind } }) => kind === 'ignore' || kind === 'tolerance');
  const ofClasses = rules.filter(({ rule }) => rule.kind === 'reclassify');
  return {
    arrayRule(pointer) {
      if (ofArrays.length === 0) return null;
      const place = segmentsOf(pointer);
      return ofArrays.find((array) => matchesPattern(array.pointer, place))?.rule ?? null;
    },
    judge<D extends Difference>(difference: D): D {
      if (rules.length === 0 || difference.rule !== undefined) return difference;
      const place = difference.in === 'body' ? segmentsOf(difference.pointer) : [];
      let judged = difference;
      for (const compiled of ofValues) if (selects(compiled, judged, place)) judged = byValue(compiled.rule, judged);
      if (judged.rule !== undefined) return judged;
      const by = ofClasses.find((compiled) => selects(compiled, judged, place))?.rule;
      return by?.kind === 'reclassify' ? { ...judged, severity: by.severity, rule: by.id } : judged;
    },
  };
}

function arrayRuleOf({ rule, pointer }: Compiled): { rule: ArrayRule; pointer: Segments }[] {
  if (pointer === null) return [];
  if (rule.kind === 'unordered') return [{ rule: { id: rule.id, kind: 'unordered' }, pointer }];
  if (rule.kind !== 'keyed') return [];
  const steps = segmentsOf(rule.key).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return [{ rule: { id: rule.id, kind: 'keyed', steps }, pointer }];
}

function selects({ rule, pointer }: Compiled, difference: Difference, place: Segments): boolean {
  const { cause, header }: Place = rule.where;
  if (cause !== undefined && !isMeantBy(cause, difference.cause)) return false;
  if (header !== undefined && !(difference.in === 'header' && difference.name === header)) return false;
  if (pointer === null || difference.in !== 'body') return pointer === null;
  // A line of a table has cells.
  const ofCell = place.length === 3 && place[0] === 'line' && difference.cause === 'text-value';
  return matchesPattern(pointer, place) || (ofCell && matchesPattern(pointer, place.slice(0, 2)));
}

function byValue<D extends Difference>(rule: Rule, difference: D): D {
  if (difference.rule !== undefined) return difference;
  if (rule.kind === 'ignore') return ignoring(difference, rule.id, rule.where.cause);
  const tolerated = rule.kind === 'tolerance' && isTolerated(difference, rule.within);
  return tolerated ? { ...difference, severity: 'benign', rule: rule.id } : difference;
}

/**
 * Only the value may vary.
 * @param named the cause that the rule names, if any; a difference with that cause is excused unchanged, unless it is
 * about a value
 */
function ignoring<D extends Difference>(difference: D, rule: string, named: Cause | undefined): D {
  if (!isOfValues(difference)) {
    return isMeantBy(named, difference.cause) && !losesValue(difference)
      ? { ...difference, severity: 'noise', rule }
      : difference;
  }
  const varied = varying(difference);
  return varied.cause === 'format' ? varied : { ...difference, severity: 'noise', rule };
}

/** Whether one side lacks the value, or sends another kind of file. */
function losesValue({ cause, stable, candidate }: Difference): boolean {
  if (cause === 'body-bytes') return bytesVary(stable, candidate).length > 0;
  return entryOf(cause).ofValue === true && (stable === null || candidate === null);
}

/**
 * Returns the difference under the assumption that the value may vary: unchanged, or as one of `format` if more than
 * the value differs.
 */
export function varying<D extends Difference>(difference: D): D {
  const [stable, candidate] = [seenIn(difference, 'stable'), seenIn(difference, 'candidate')];
  if (stable === null || candidate === null || stable.kind !== candidate.kind) return difference;
  const isText = stable.kind === 'string' || stable.kind === 'text';
  const other = otherNumber(stable.text, candidate.text) ?? (isText ? otherFormat(stable.text, candidate.text) : null);
  if (other === null) return difference;
  const advice = `The value may vary here, but not from ${other.stable} to ${other.candidate}; send the format that stable sends.`;
  return { ...difference, ...why('format', advice) };
}
