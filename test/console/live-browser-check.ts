/**
 * `node test/console/live-browser-check.ts [PAGE.html] [PREFIX]`: opens the console's live page in headless Chromium,
 * under its own policy, with the run of a frozen page. Its link must open only once, its charts must draw, and an
 * action must be done only after its confirmation, by keyboard alone. axe must find nothing, on the page or in the
 * dialog. With PREFIX, it saves screenshots.
 */
import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';
import * as z from 'zod';
import { startConsole } from '../../console/server/index.ts';
import type { ActionOffer, ActionRequest, PageView } from '../../console/view/index.ts';

const [file = '.crossfade/rehearsal.html', prefix] = process.argv.slice(2);
const findingsSchema = z.object({
  violations: z.array(z.looseObject({ id: z.string(), nodes: z.array(z.looseObject({ html: z.string() })) })),
});
const seen = { phase: 'stage', stage: 0 };
const OFFERS: ActionOffer[] = [
  { name: 'pause', label: 'Pause', tone: 'plain', will: ['Holds the stage.'], refused: null, reason: 'optional', seen },
  {
    name: 'rollback',
    label: 'Roll back',
    tone: 'bad',
    will: ['Returns all traffic to stable now.'],
    refused: null,
    reason: 'required',
    seen,
  },
  { name: 'resume', label: 'Resume', tone: 'plain', will: [], refused: 'It is not paused.', reason: 'optional', seen },
];

/** Returns the data of the frozen page as if its run were still in progress. */
function liveView(): PageView {
  const [, text = ''] =
    /<script type="application\/json" id="view">([\s\S]*?)<\/script>/.exec(readFileSync(file, 'utf8')) ?? [];
  const view: PageView = JSON.parse(text);
  const runs = view.runs.slice(-1).map((run) => ({ ...run, actions: OFFERS }));
  return { ...view, mode: 'live', caller: 'arn:aws:iam::123456789012:user/ada', runs };
}

const problems: string[] = [];
const asked: ActionRequest[] = [];
const view = liveView();
const served = await startConsole(
  {
    view: async () => view,
    act: async (request) => {
      asked.push(request);
      return { done: true, text: 'All traffic is on stable.' };
    },
    metrics: async () => '',
  },
  0,
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on(
    'request',
    (request) => request.url().startsWith(new URL(served.url).origin) || problems.push(`asked for ${request.url()}`),
  );
  const began = performance.now();
  await page.goto(served.url);
  await page.locator('figure canvas').first().waitFor();
  const paint = Math.round(performance.now() - began);
  if (page.url().includes('token')) problems.push('the token stays in the address');
  await axeFinds(page, 'page');
  await rollBackByKeyboard(page);
  const [request, ...more] = asked;
  if (request?.action !== 'rollback' || request.reason !== 'a drill' || more.length > 0)
    problems.push(`the page asked for ${JSON.stringify(asked)}`);
  await page.getByText('All traffic is on stable.').waitFor({ timeout: 5_000 });
  if (prefix !== undefined) await page.screenshot({ path: `${prefix}-live.png`, fullPage: true });
  const again = await browser.newPage();
  await again.goto(served.url);
  await again.getByText('already used').waitFor({ timeout: 5_000 });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(
    `live page: drawn ${paint} ms after it was asked for; an action only after its confirmation; no finding of axe`,
  );
} finally {
  await browser.close();
  await served.stop();
}

/** Opens the dialog, leaves it with Escape and opens it again. It cannot be confirmed without a reason. */
async function rollBackByKeyboard(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Roll back …' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  if (asked.length > 0) problems.push('a dialog that was left did something');
  await button.focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await axeFinds(page, 'dialog');
  if (prefix !== undefined) await page.screenshot({ path: `${prefix}-dialog.png` });
  const confirm = dialog.getByRole('button', { name: 'Roll back', exact: true });
  if (await confirm.isEnabled()) problems.push('it may be confirmed without a reason');
  await dialog.getByRole('textbox').focus();
  await page.keyboard.type('a drill');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

/** Injects axe through the debugger, which bypasses the page's policy. */
async function axeFinds(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = findingsSchema.parse(await page.evaluate('axe.run()'));
  for (const { id, nodes } of violations)
    problems.push(...nodes.slice(0, 3).map(({ html }) => `axe, ${where}: ${id}: ${html.slice(0, 200)}`));
}
