/** A request as a line of text tells it. */
export interface TextRequest {
  readonly method: string;
  /** Origin form, or a whole URL. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
  /** Dots in its path are sent as they are. */
  readonly asIs?: true;
  /** Of an access log: what was sent with it is not known. */
  readonly logged?: true;
}

/** Why a line is not sent, as the end of a sentence that counts such lines. */
export class CannotBeSent extends Error {}

/** A file that a command names. @throws CannotBeSent where it cannot be read */
export type ReadNamed = (file: string) => Buffer;
