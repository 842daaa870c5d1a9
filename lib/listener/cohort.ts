/** The testers of a cutover: the props, and the rule's condition that identifies them. */
import { checkHeader, isBlock } from './rule-match.ts';

/** Exactly one of the three. */
export interface CohortProps {
  /** A header field with one of these values; `*` and `?` are wildcards. */
  readonly header?: { readonly name: string; readonly values: readonly string[] };
  /** A cookie with this value. */
  readonly cookie?: { readonly name: string; readonly value: string };
  /** Source addresses as the load balancer sees them, as CIDR blocks. */
  readonly sourceIps?: readonly string[];
}

/** @param at precedes every message @throws RangeError that names the prop */
export function checkCohort(at: string, { header, cookie, sourceIps }: CohortProps): void {
  const check = (ok: boolean, problem: string) => {
    if (!ok) throw new RangeError(`${at}${problem}`);
  };
  const ways = [header, cookie, sourceIps].filter((way) => way !== undefined).length;
  check(ways === 1, ` must have one of header, cookie and sourceIps, not ${ways}`);
  if (header !== undefined) checkHeader(check, '.header', header);
  if (cookie !== undefined) {
    check(
      /^[!#$%&'+^_`|~0-9A-Za-z.-]+$/.test(cookie.name),
      `.cookie.name must be the name of a cookie, not "${cookie.name}"`,
    );
    check(
      /^[^\s;,"*?]{1,80}$/.test(cookie.value),
      `.cookie.value must be 1 to 80 characters of a cookie, none of them wild`,
    );
  }
  check(sourceIps?.length !== 0, '.sourceIps must not be empty');
  for (const [i, block] of (sourceIps ?? []).entries())
    check(isBlock(block), `.sourceIps.${i} must be a CIDR block such as 10.0.0.0/8 or 2001:db8::/32, not "${block}"`);
}

/** In ELBv2's format: a cookie is part of the header field `Cookie`. */
export function conditionOf({ header, cookie, sourceIps }: CohortProps): Pick<CohortProps, 'header' | 'sourceIps'> {
  if (cookie !== undefined) return { header: { name: 'Cookie', values: [`*${cookie.name}=${cookie.value}*`] } };
  return header === undefined ? { sourceIps: sourceIps ?? [] } : { header };
}

/** The values and wildcards that the condition takes of ELBv2's limits. */
export function valuesOf(cohort: CohortProps): readonly string[] {
  const { header, sourceIps } = conditionOf(cohort);
  return header?.values ?? sourceIps ?? [];
}
