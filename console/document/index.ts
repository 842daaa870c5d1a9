/** The files of the page: its bundle, the served document, and the frozen one. */
export { frozenDocument, SERVED_DOCUMENT, SERVED_POLICY, viewJson } from './document.ts';
export { pageBundle, pageFiles } from './page-bundle.ts';
