/** How serious a difference is. */

/**
 * Most serious first. `breaking`: a client may fail. `undecided`: the owner decides, by writing a rule. `benign`: no
 * client should notice. `noise`: says nothing about the candidate.
 */
export const SEVERITIES = ['breaking', 'undecided', 'benign', 'noise'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Sort order; 0 is the most serious. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Whether a difference counts against the candidate, unless it proves to be noise or the owner decides otherwise. */
export function standsAgainst(severity: Severity): severity is 'breaking' | 'undecided' {
  return severity === 'breaking' || severity === 'undecided';
}
