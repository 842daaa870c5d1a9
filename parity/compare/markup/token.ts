/** A part of a document. */
export type MarkupToken =
  /** `name` as it is written; `means`: with its namespace for its prefix, where the document is XML. */
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly means: string;
      readonly attributes: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'close'; readonly name: string; readonly means: string }
  /** `verbatim`: all of its white space counts. */
  | { readonly kind: 'text'; readonly text: string; readonly verbatim: boolean }
  /** Comments, doctype and processing instructions. */
  | { readonly kind: 'other'; readonly text: string };
