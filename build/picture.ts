/**
 * `node build/picture.ts PAGE.html`: creates docs/rehearsal-{light,dark}.png, the picture of the README: weights,
 * requests and errors of the last run on the page that `npm start` wrote. Needs Chromium.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const WIDTH = 900;
const CHARTS = ['weights', 'requests', 'errors'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, colorScheme });
    await page.goto(pathToFileURL(resolve(process.argv[2] ?? join('.crossfade', 'rehearsal.html'))).href);
    await page
      .locator('.run')
      .last()
      .locator('figure')
      .evaluateAll((figures, charts) => {
        for (const figure of figures) {
          if (!charts.includes(figure.getAttribute('data-chart') ?? '')) figure.remove();
        }
      }, CHARTS);
    const path = join(import.meta.dirname, '..', 'docs', `rehearsal-${colorScheme}.png`);
    await page.locator('.run').last().locator('.charts').screenshot({ path });
  }
} finally {
  await browser.close();
}
