/** A request as a line of text tells it. */
export interface TextRequest {
  readonly method: string;
  /** Origin form, or a whole URL. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}
