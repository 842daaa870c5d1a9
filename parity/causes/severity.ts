/** How grave a difference is. */

/**
 * The gravest first. `breaking`: a client may fail. `undecided`: the owner decides, by a rule. `benign`: no client should notice.
 * `noise`: says nothing of the candidate.
 */
export const SEVERITIES = ['breaking', 'undecided', 'benign', 'noise'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** 0 is the gravest: an order for sorting. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Speaks against the candidate, unless it turns out to be noise or an owner decides otherwise. */
export function standsAgainst(severity: Severity): severity is 'breaking' | 'undecided' {
  return severity === 'breaking' || severity === 'undecided';
}
