/** One difference between two answers: where, why, how grave, and what a developer should change. The format is in docs/reference/parity.md. */
import { CATALOGUE, type Cause, type Severity } from '../causes/index.ts';

interface Why {
  readonly cause: Cause;
  readonly severity: Severity;
  /** One sentence. */
  readonly advice: string;
  /** Id of the rule that gave the class, where one did. */
  readonly rule?: string;
}

/** The answer as a whole: one side gave none. */
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
  /** Which member of a field that stands several times: a cookie's name, with {@link ATTRIBUTES} where it is not about its value. */
  readonly within?: string;
  /** null: the side does not send it. */
  readonly stable: string | null;
  readonly candidate: string | null;
}

/** Ends {@link HeaderDifference.within} where a cookie's attributes differ, or the cookie is there on one side only. */
export const ATTRIBUTES = ';';

export interface BodyDifference extends Why {
  readonly in: 'body';
  /**
   * JSON pointer (RFC 6901) for JSON, into the stable body (into the candidate's for what it adds); `` for the whole; for
   * other formats as docs/reference/parity.md says.
   */
  readonly pointer: string;
  /** Where the candidate has it, if that is another place: elements before it are missing or added, or moved. */
  readonly candidatePointer?: string;
  /** How many more places of the same cause, alike but for array indices, are not listed. */
  readonly more?: number;
  /** The place is one of an array, or of XML elements of one name, that stand on the stable side, and none on the candidate's. */
  readonly emptied?: true;
  /** The pointer is an XPath into data, whose elements of one name are a list, and not into a page. */
  readonly inXml?: true;
  /** Short excerpts of the source text; null: absent. */
  readonly stable: string | null;
  readonly candidate: string | null;
}

export type Difference = AnswerDifference | StatusDifference | HeaderDifference | BodyDifference;

/** Longest excerpt, in UTF-16 units. */
const EXCERPT = 120;

export function excerpt(text: string): string {
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT - 1)}…`;
}

/** Class and advice of a cause, where nothing more precise is known. */
export function why(cause: Cause, advice: string = CATALOGUE[cause].advice): Why {
  return { cause, severity: CATALOGUE[cause].severity, advice };
}

/** Where it is, in one word: `answer`, `status`, `header:etag`, `body`, `body/items/0/id`. */
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
