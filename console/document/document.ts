/** The HTML document around the page: served, or frozen into one file with its data. */
import { createHash } from 'node:crypto';
import { plain } from '../../input/index.ts';
import type { PageView } from '../view/index.ts';
import { pageBundle } from './page-bundle.ts';

/**
 * The document that a console serves. Script and style come from the same address, and nothing comes from any other.
 */
export const SERVED_DOCUMENT = html({
  title: 'Crossfade console',
  head: '<link rel="stylesheet" href="/page.css">',
  body: '<script src="/page.js" defer></script>',
});

/** Content security policy of the served document: only its own script, style and requests. */
export const SERVED_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** One file that needs no network. Its policy allows only this script and this style. */
export function frozenDocument(view: PageView): string {
  const { script, style } = pageBundle();
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html({
    title: view.title,
    head: `<meta http-equiv="Content-Security-Policy" content="${policy}"><style>${style}</style>`,
    body: `<script type="application/json" id="view">${viewJson(view)}</script><script>${script}</script>`,
  });
}

interface Parts {
  readonly title: string;
  readonly head: string;
  readonly body: string;
}

function html({ title, head, body }: Parts): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,"><title>${escaped(title)}</title>${head}</head><body><div id="page"></div><noscript>This page needs JavaScript.</noscript>${body}</body></html>\n`;
}

/** JSON of a view that cannot close the element that contains it. Text from outside cannot inject markup or scripts. */
export function viewJson(view: PageView): string {
  const shown = (_key: string, value: unknown) =>
    typeof value === 'string' ? plain(value.replace(/\s+/g, ' ')) : value;
  return JSON.stringify(view, shown).replaceAll('<', '\\u003c');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
