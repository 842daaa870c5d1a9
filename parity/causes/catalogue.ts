/**
 * The causes: every known way in which a rewrite's answer differs from the original's. A cause's id is stable, because
 * it appears in stored verdicts, rules and reports. Advice that applies to one server only is a hint (hints.ts).
 * docs/reference/causes.md lists the causes.
 */
import { ANSWER_CAUSES } from './answer-causes.ts';
import { BODY_CAUSES } from './body-causes.ts';
import type { CatalogueEntry } from './entry.ts';
import { HEADER_CAUSES } from './header-causes.ts';
import { JSON_CAUSES } from './json-causes.ts';

export const CATALOGUE = { ...ANSWER_CAUSES, ...HEADER_CAUSES, ...JSON_CAUSES, ...BODY_CAUSES };

/** The stable id of a cause. */
export type Cause = keyof typeof CATALOGUE;

export function isCause(text: string): text is Cause {
  return Object.hasOwn(CATALOGUE, text);
}

/** Whether a rule or a baseline that names `known` means `cause`. */
export function isMeantBy(known: string | undefined, cause: Cause): boolean {
  return known === cause || (known !== undefined && known === entryOf(cause).formerly);
}

export function entryOf(cause: Cause): CatalogueEntry {
  return CATALOGUE[cause];
}
