/**
 * One difference between two answers: where it is, its cause and severity, and what a developer should change.
 * docs/reference/parity.md describes the format.
 */
import { shortened } from '../../input/index.ts';
import { CATALOGUE, type Cause, type Severity } from '../causes/index.ts';
import type { Extent } from './variation.ts';

interface Why {
  readonly cause: Cause;
  readonly severity: Severity;
  /** One sentence. */
  readonly advice: string;
  /** Id of the rule that determined the severity, if one did. */
  readonly rule?: string;
}

/** Concerns the answer as a whole: one side gave none. */
export interface AnswerDifference extends Why {
  readonly in: 'answer';
  readonly stable: string;
  readonly candidate: string;
}

export interface StatusDifference extends Why {
  readonly in: 'status';
  readonly stable: number;
  readonly candidate: number;
}

export interface HeaderDifference extends Why {
  readonly in: 'header';
  /** In lower case. */
  readonly name: string;
  /**
   * The member of a field that occurs several times: a cookie's name, followed by {@link ATTRIBUTES} if the difference
   * is not about its value.
   */
  readonly within?: string;
  /** null if the side does not send it. */
  readonly stable: string | null;
  readonly candidate: string | null;
}

/** Suffix of {@link HeaderDifference.within} if a cookie's attributes differ, or if only one side sends the cookie. */
export const ATTRIBUTES = ';';

export interface BodyDifference extends Why {
  readonly in: 'body';
  /**
   * JSON pointer (RFC 6901) into the stable body, or into the candidate's for additions; empty for the whole. For other
   * formats see docs/reference/parity.md.
   */
  readonly pointer: string;
  /** Pointer into the candidate's body, if it is different because elements were added, removed or moved. */
  readonly candidatePointer?: string;
  /** How many more places with the same cause, equal except for array indices, are not listed. */
  readonly more?: number;
  /** How many entries each side has, if the place belongs to an array, or to XML elements of one name, and one lacks it. */
  readonly lengths?: readonly [stable: number, candidate: number];
  /** What the values had kept, had they only varied. */
  readonly extents?: readonly Extent[];
  /** The pointer is an XPath into XML data, in which elements of one name form a list, and not into a page. */
  readonly inXml?: true;
  /** Short excerpts of the source text; null if absent. */
  readonly stable: string | null;
  readonly candidate: string | null;
}

export type Difference = AnswerDifference | StatusDifference | HeaderDifference | BodyDifference;

/** The longest excerpt, in UTF-16 units. */
const EXCERPT = 120;

export function excerpt(text: string): string {
  return shortened(text, EXCERPT);
}

/** Severity and advice of a cause, if nothing more precise is known. */
export function why(cause: Cause, advice: string = CATALOGUE[cause].advice): Why {
  return { cause, severity: CATALOGUE[cause].severity, advice };
}

/** The location in one word: `answer`, `status`, `header:etag`, `body`, `body/items/0/id`. */
export function placeOf(difference: Difference): string {
  switch (difference.in) {
    case 'header':
      return `header:${difference.name}`;
    case 'body':
      return `body${difference.pointer}`;
    default:
      return difference.in;
  }
}
