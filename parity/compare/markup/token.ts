/** A part of a document. */
export type MarkupToken =
  /** `name` is the name as written; `means`, in XML, has the namespace in place of the prefix. */
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly means: string;
      readonly attributes: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'close'; readonly name: string; readonly means: string }
  /** `verbatim`: all white space counts. */
  | { readonly kind: 'text'; readonly text: string; readonly verbatim: boolean }
  /** A comment, doctype or processing instruction. */
  | { readonly kind: 'other'; readonly text: string };
