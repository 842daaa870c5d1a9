/** Delivers the outcome: to the terminal or a script, and into files. */
import { quantity } from '../../../input/index.ts';
import { type Baseline, knownRoots, MOST_ROOTS, seenOf } from '../../../parity/roots/index.ts';
import type { NoisyPlace, Summary } from '../../../parity/tally/index.ts';
import { noiseRows, parityHtml } from '../../../report/index.ts';
import { EXIT, type ExitCode, plain, plainJson, say, type Terminal } from '../../shared/index.ts';
import { conclude, type Terms } from './conclusion.ts';
import type { Bases } from './curl.ts';
import { githubAnnotations } from './github.ts';
import { summaryJson } from './json.ts';
import { junitXml } from './junit.ts';
import type { Outputs } from './outputs.ts';
import { sarifLog } from './sarif.ts';
import { summaryText, textOptions } from './text.ts';
import { todoOf } from './todo.ts';

export interface Delivery extends Terms {
  readonly title: string;
  /** Names of the inputs, in the order in which positions number them. */
  readonly sources: readonly string[];
  /** Sentences that a reader must know. */
  readonly notes: readonly string[];
  /** What varied in stable by itself. */
  readonly noise: readonly NoisyPlace[];
  /** The known differences that were applied. */
  readonly baseline: Baseline;
  /** The base URLs for repeating a request; null if unknown. */
  readonly bases: Bases | null;
  readonly outputs: Outputs;
}

/** @returns the exit code */
export function deliver(terminal: Terminal, summary: Summary, delivery: Delivery): ExitCode {
  const { title, sources, outputs, bases, failOn } = delivery;
  const unmet = (delivery.unmet ?? []).map((what) => `${what}.`);
  const notes = [
    ...delivery.notes,
    ...unmet,
    ...notesOnBaseline(delivery.baseline, summary),
    ...(summary.roots.size < MOST_ROOTS ? [] : [TOO_MANY]),
  ];
  const noise = noiseRows(delivery.noise);
  const conclusion = conclude(summary, delivery);
  const { exit, sentence } = conclusion;
  const { out, err } = terminal;
  const todo = todoOf(summary, bases);
  const verdict = { ok: exit === EXIT.ok, sentence };
  outputs.write('html', () => parityHtml({ title, verdict, sources, summary, todo, noise, notes }));
  outputs.write('junit', () => junitXml(title, summary, todo, failOn));
  outputs.write('sarif', () => `${plainJson(sarifLog(todo, sources, notes), 2)}\n`);
  outputs.write('writeBaseline', () => `${plainJson(knownRoots(summary.roots), 2)}\n`);
  if (outputs.json) say(out, plainJson(summaryJson({ summary, todo, noise, sources, conclusion, notes }), 2));
  else {
    const options = textOptions(out);
    say(out, summaryText(summary, todo, noise, sources, options));
    for (const note of notes) say(out, `\n${options.paint('yellow', plain(note))}`);
    // Without a verdict, the sentence is an error and is printed below, alone.
    if (exit !== EXIT.usage) say(out, `\n${options.paint(exit === EXIT.ok ? 'green' : 'red', sentence)}`);
  }
  if (outputs.github) for (const line of githubAnnotations(todo, sources, failOn)) say(outputs.json ? err : out, line);
  if (exit === EXIT.usage) say(err, sentence);
  return exit;
}

const TOO_MANY = `The list ends after ${MOST_ROOTS} root causes, and a baseline after as many; the gravest come first. Fix some, and compare again to see the others.`;

function notesOnBaseline({ differences }: Baseline, { roots }: Summary): string[] {
  if (differences.length === 0) return [];
  const seen = seenOf(differences, roots);
  const gone = differences.length - seen;
  return [
    `${quantity(seen, 'known difference')} of the baseline occurred, and do not count.${gone === 0 ? '' : ` ${gone} did not occur: if they are fixed, write the baseline again with --write-baseline.`}`,
  ];
}
