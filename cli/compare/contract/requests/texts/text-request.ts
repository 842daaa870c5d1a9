/** A request that was read from a line of text. */
export interface TextRequest {
  readonly method: string;
  /** A path, or a complete URL. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
  /** Whether dot segments in its path are sent unchanged. */
  readonly asIs?: true;
  /** Whether it is from an access log, which does not show its body and most fields. */
  readonly logged?: true;
}

/** Why a line is not sent, as the end of a sentence that counts such lines. */
export class CannotBeSent extends Error {}

/** Reads a file that a command names. @throws CannotBeSent if it cannot be read */
export type ReadNamed = (file: string) => Buffer;
