/** The file of known differences that `--baseline` names. */
import { describeProblems, wordIssue } from '../../../input/index.ts';
import { type Baseline, baselineSchema } from '../../../parity/roots/index.ts';
import { readJsonFile, UsageError } from '../../shared/index.ts';

/** Without a file nothing is known. @throws UsageError that names the option and every mistake in the file */
export function readBaseline(file: string | undefined): Baseline {
  if (file === undefined) return { format: 'crossfade-baseline/1', differences: [] };
  const parsed = baselineSchema.safeParse(readJsonFile('--baseline', file), { error: wordIssue });
  if (!parsed.success) throw new UsageError(`--baseline: ${file}: ${describeProblems(parsed.error, 'baseline')}`);
  return parsed.data;
}
