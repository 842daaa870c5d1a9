/** What the table says of one room. */
export interface Room {
  /** What stands in it, in a sentence. @default - its face says so, at its head */
  readonly purpose?: string;
  /** Rooms that it may import, through their face; `a/*` is `a` with all rooms below it. */
  readonly imports: readonly string[];
  /** No AWS, no node:*, no clock, no randomness, no I/O: what it needs of these is an argument or a port. */
  readonly pure?: true;
  /** Packages of npm beyond `PACKAGES_OF_ALL`; `@scope/*` is all of a scope. */
  readonly packages?: readonly string[];
  /** More files than a room should have, with the reason. */
  readonly files?: { readonly most: number; readonly why: string };
}

/** Rooms that many others import. */
export const MODEL = 'core/model';
export const AWS = 'lambdas/aws/*';
