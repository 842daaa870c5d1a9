/** The page's files: its bundle, the document that is served, and the frozen one. */
export { frozenDocument, SERVED_DOCUMENT, SERVED_POLICY, viewJson } from './document.ts';
export { pageBundle, pageFiles } from './page-bundle.ts';
