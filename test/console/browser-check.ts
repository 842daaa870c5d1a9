/**
 * `node test/console/browser-check.ts [PAGE.html] [PREFIX]`: opens the frozen page in headless Chromium, wide and
 * narrow, in light and dark mode. It must draw without errors, send no network requests, have no axe findings, and be
 * usable by keyboard. With PREFIX, it saves screenshots.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';
import * as z from 'zod';

const [file = '.crossfade/rehearsal.html', prefix] = process.argv.slice(2);
const findingsSchema = z.object({
  violations: z.array(z.looseObject({ id: z.string(), nodes: z.array(z.looseObject({ html: z.string() })) })),
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const problems: string[] = [];
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const) {
      const name = `${width} px, ${colorScheme}`;
      // axe is injected from outside, which the page's own policy would refuse.
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      watch(page, (problem) => problems.push(`${name}: ${problem}`));
      await page.goto(pathToFileURL(resolve(file)).href);
      await page.locator('figure canvas').first().waitFor();
      const charts = await page.locator('figure canvas').count();
      if (charts < 5) problems.push(`${name}: only ${charts} charts`);
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
        problems.push(`${name}: wider than its window`);
      for (const finding of await axeFindings(page)) problems.push(`${name}: ${finding}`);
      problems.push(...(await keyboardProblems(page)).map((problem) => `${name}: ${problem}`));
      if (prefix !== undefined)
        await page.screenshot({ path: `${prefix}-${width}-${colorScheme}.png`, fullPage: true });
      await context.close();
      console.log(`page at ${name}: ${charts} charts`);
    }
  problems.push(...(await policyProblems()));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log('page: no error, nothing asked of the network, no finding of axe, usable by the keyboard');
} finally {
  await browser.close();
}

function watch(page: Page, problem: (text: string) => void): void {
  page.on('console', (message) => message.type() === 'error' && problem(message.text()));
  page.on('pageerror', (error) => problem(error.message));
  page.on('request', (request) => /^(file|data):/.test(request.url()) || problem(`asked for ${request.url()}`));
}

async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = findingsSchema.parse(await page.evaluate('axe.run()'));
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `axe ${id}: ${html.slice(0, 200)}`));
}

/** The arrow keys move a chart's cursor, and the values follow. */
async function keyboardProblems(page: Page): Promise<string[]> {
  const plot = page.locator('.plot').first();
  await plot.focus();
  const values = page.locator('.values').first();
  const before = await values.innerText();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page
    .waitForFunction(`document.querySelector('.values').innerText !== ${JSON.stringify(before)}`, undefined, {
      timeout: 5_000,
    })
    .catch(() => undefined);
  return (await values.innerText()) === before ? ['the arrow keys do not move the cursor of a chart'] : [];
}

/** Opens the page unchanged, under its own policy. */
async function policyProblems(): Promise<string[]> {
  const problems: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  watch(page, (problem) => problems.push(`under its own policy: ${problem}`));
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.locator('figure canvas').first().waitFor();
  return problems;
}
