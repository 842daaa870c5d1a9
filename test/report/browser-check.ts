/** Opens a report in headless Chromium: it must draw, without an error and without asking the network for anything. */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file = '.crossfade/rehearsal.html', screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => request.url().startsWith('file:') || problems.push(`asked for ${request.url()}`));
  await page.goto(pathToFileURL(resolve(file)).href);
  const charts = await page.locator('figure > svg').count();
  const drawn = await page
    .locator('figure > svg > path')
    .evaluateAll((paths) => paths.filter((p) => (p.getAttribute('d') ?? '').length > 20).length);
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  if (charts < 3) problems.push(`only ${charts} charts`);
  if (drawn < 3) problems.push(`only ${drawn} lines are drawn`);
  if (wide === true) problems.push('the page is wider than its window');
  if (screenshot !== undefined)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: screenshot.replace(/(\.\w+)?$/, `-${colorScheme}$1`), fullPage: true });
    }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`report: ${charts} charts, ${drawn} lines, no error, nothing asked of the network`);
} finally {
  await browser.close();
}
