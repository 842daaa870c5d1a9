/** A request to send to both sides, and reasons not to send one. */
import type { Position } from '../../../../parity/tally/index.ts';
import type { Side } from '../../../../sides/index.ts';
import type { PlainRequest } from './texts/index.ts';

export interface PlannedRequest extends PlainRequest {
  /**
   * A step of a flow, which an owner wrote for both sides: it may have side effects, and waits for the previous step.
   */
  readonly inFlow?: true;
  /** Names in braces within it are filled in when it is sent, also in its body. */
  readonly isOpen?: true;
  /** Values taken from each side's answer for later requests, which wait for it. */
  readonly take?: readonly Take[];
  /** Sent only to this side, and not compared. */
  readonly only?: Side;
  /** Whose cookies are sent and stored. @default those of everybody who is not named */
  readonly as?: string;
}

export interface Take {
  /** Referred to in later requests as `{{name}}`. */
  readonly name: string;
  /** Whether an answer may lack it. */
  readonly mayLack?: true;
  readonly from:
    | { readonly kind: 'json'; readonly pointer: string }
    /** `match`: a regular expression; its first group counts, or the whole match. */
    | { readonly kind: 'header'; readonly name: string; readonly match?: string }
    | { readonly kind: 'cookie'; readonly name: string }
    /** A field of a form, or a meta element. */
    | { readonly kind: 'field'; readonly name: string }
    /** `match`: as for a header. */
    | { readonly kind: 'body'; readonly match: string };
}

/** A request that is not sent. All requests with the same reason have the same text, so that they can be counted. */
export interface Skipped {
  readonly skipped: string;
  readonly at: Position;
  /** Its route or name. @default its position in the file */
  readonly of?: string;
}

export type Planned = PlannedRequest | Skipped;
