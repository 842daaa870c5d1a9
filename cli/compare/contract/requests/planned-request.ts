/** A request that is to be sent to both sides, and what keeps one from being sent. */
import type { Position } from '../../../../parity/tally/index.ts';
import type { PlainRequest } from './texts/index.ts';

export interface PlannedRequest extends PlainRequest {
  /** A step of a flow, which an owner wrote for both sides: it may have side effects, and waits for the step before it. */
  readonly inFlow?: true;
  /** Names in braces that stand in it are filled in when it is sent, also in its body. */
  readonly isOpen?: true;
  /** What is taken from each side's answer, for later requests, which wait for it. */
  readonly take?: readonly Take[];
  /** Sent to this side alone, and not compared. */
  readonly only?: 'stable' | 'candidate';
  /** Whose cookies are sent and kept. @default those of all who are not named */
  readonly as?: string;
}

export interface Take {
  /** Stands in later requests as `{{name}}`. */
  readonly name: string;
  /** An answer that does not give it is no fault. */
  readonly mayLack?: true;
  readonly from:
    | { readonly kind: 'json'; readonly pointer: string }
    /** `match`: a regular expression; its first group counts, or all of it. */
    | { readonly kind: 'header'; readonly name: string; readonly match?: string }
    | { readonly kind: 'cookie'; readonly name: string }
    /** Of a form, or of a meta element. */
    | { readonly kind: 'field'; readonly name: string }
    /** `match`: as for a header. */
    | { readonly kind: 'body'; readonly match: string };
}

/** A request that is not sent. The reason is the same for all that share it, so that they can be counted. */
export interface Skipped {
  readonly skipped: string;
  readonly at: Position;
  /** Which it is: its route or name. @default its place in the file */
  readonly of?: string;
}

export type Planned = PlannedRequest | Skipped;
