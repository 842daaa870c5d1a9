import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { frozenDocument } from '../../console/document/document.ts';
import { pageBundle } from '../../console/document/page-bundle.ts';
import type { PageView } from '../../console/view/page-view.ts';

const EVIL = '</script><script>alert(1)</script><!--';
const VIEW: PageView = {
  mode: 'frozen',
  title: `${EVIL} & more`,
  at: 0,
  caller: null,
  runs: [],
  history: [],
  gaps: [EVIL, 'a\u202eb\u0000'],
};

describe('the frozen page', () => {
  const page = frozenDocument(VIEW);

  it('holds its data so that no text in them ends the element', () => {
    const data = /<script type="application\/json" id="view">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual({ ...VIEW, gaps: [EVIL, 'a\ufffdb\ufffd'] });
    expect(page.match(/<script/g)).toHaveLength(2);
    for (const steering of ['\u0000', '\u202e']) expect(page).not.toContain(steering);
  });

  it('allows this script and this style alone, and nothing of any address', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hash = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    const { script, style } = pageBundle();
    expect(policy).toContain(`default-src 'none'; script-src '${hash(script)}'; style-src '${hash(style)}';`);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

describe('the page’s bundle', () => {
  it('stays small: the script below 110 kB, the style below 16', () => {
    const { script, style } = pageBundle();
    expect(Buffer.byteLength(script)).toBeLessThan(110_000);
    expect(Buffer.byteLength(style)).toBeLessThan(16_000);
  });
});
