/** Tells the outcome: to the terminal or a script, and into a report. */
import { writeFileSync } from 'node:fs';
import type { NoisyPlace, Summary } from '../../../parity/tally/index.ts';
import { noiseRows, parityHtml } from '../../../report/index.ts';
import { EXIT, type ExitCode, plain, plainJson, say, type Terminal } from '../../shared/index.ts';
import { conclude, type Terms } from './conclusion.ts';
import { summaryJson } from './json.ts';
import { summaryText, textOptions } from './text.ts';

export interface Delivery extends Terms {
  readonly title: string;
  /** Names of the inputs, in the order in which positions number them. */
  readonly sources: readonly string[];
  /** Sentences that a reader must know. */
  readonly notes: readonly string[];
  /** What the stable side varied in by itself. */
  readonly noise: readonly NoisyPlace[];
  readonly json: boolean;
  /** File of the report; checked by cli/compare/diff/output-file.ts. */
  readonly report: string | undefined;
}

/** @returns the exit code */
export function deliver(terminal: Terminal, summary: Summary, delivery: Delivery): ExitCode {
  const { title, sources, notes, json, report } = delivery;
  const noise = noiseRows(delivery.noise);
  const conclusion = conclude(summary, delivery);
  const { exit, sentence } = conclusion;
  const { out, err } = terminal;
  if (report !== undefined) {
    const verdict = { ok: exit === EXIT.ok, sentence };
    writeFileSync(report, parityHtml({ title, verdict, sources, summary, noise, notes }));
  }
  if (json) say(out, plainJson(summaryJson({ summary, noise, sources, conclusion, notes }), 2));
  else {
    const options = textOptions(out);
    say(out, summaryText(summary, noise, sources, options));
    for (const note of notes) say(out, `\n${options.paint('yellow', plain(note))}`);
    say(out, `\n${options.paint(exit === EXIT.ok ? 'green' : 'red', sentence)}`);
  }
  if (exit === EXIT.usage) say(err, sentence);
  return exit;
}
