/** Aborts the reading of a document. */
export class UnreadableMarkupError extends Error {
  readonly malformed: boolean;

  constructor(malformed: boolean, reason: string) {
    super(reason);
    this.name = 'UnreadableMarkupError';
    this.malformed = malformed;
  }
}
