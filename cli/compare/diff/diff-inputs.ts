/** The inputs of `crossfade diff`: pairs or two logs, never both. */
import type { Readable } from 'node:stream';
import { UsageError } from '../../shared/index.ts';
import { findInputs, type Input } from '../inputs/index.ts';
import type { DiffInputs } from './run.ts';

/** @throws UsageError that names the option or the file */
export function diffInputs(
  stdin: Readable,
  files: readonly string[],
  stable: readonly string[],
  candidate: readonly string[],
  control: readonly string[] = [],
): DiffInputs {
  if (stable.length === 0 && candidate.length === 0) {
    if (control.length > 0)
      throw new UsageError('--control needs --stable and --candidate: captures hold their control answers themselves');
    if (files.length === 0)
      throw new UsageError('name files of captures (- is standard input), or give --stable and --candidate');
    return { kind: 'captures', inputs: findInputs(stdin, 'files', files).map(notRecording) };
  }
  if (stable.length === 0 || candidate.length === 0)
    throw new UsageError('--stable and --candidate must be given together');
  if (files.length > 0)
    throw new UsageError(`files: give either captures (${files[0]}) or --stable and --candidate, not both`);
  return {
    kind: 'logs',
    stable: findInputs(stdin, '--stable', stable),
    candidate: findInputs(stdin, '--candidate', candidate),
    control: findInputs(stdin, '--control', control),
  };
}

function notRecording(input: Input): Input {
  const { file, recording } = input;
  if (recording !== null) {
    const what = recording === 'HAR' ? 'a HAR' : `a recording of ${recording}`;
    throw new UsageError(`files: ${file} is ${what}, which holds one side only: use --stable and --candidate`);
  }
  return input;
}
