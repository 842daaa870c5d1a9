/**
 * Files that a command will write: their writability is checked before a long run, and inputs are never overwritten.
 */
import { closeSync, existsSync, mkdirSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from '../../input/index.ts';
import { fileProblem, unusableFile } from './read-file.ts';
import { UsageError } from './usage-error.ts';

/** @returns the file @throws UsageError that names the option */
export function outputFile(option: string, file: string, inputs: readonly string[] = []): string {
  const isNew = !existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || file === '') throw unusableFile(option, file, error);
    const why = existsSync(dirname(resolve(file))) ? 'its folder takes no new file' : 'its folder does not exist';
    throw new UsageError(`${option}: ${file} cannot be written: ${why}`);
  }
  const real = realpathSync(file);
  // A command that refuses its next option, or is interrupted, leaves nothing behind.
  if (isNew) rmSync(real);
  if (!isNew && inputs.some((input) => existsSync(input) && realpathSync(input) === real))
    throw new UsageError(`${option}: ${file} is one of the inputs`);
  return file;
}

/** Like {@link outputFile}, and creates the folder. @throws UsageError that names the option */
export function outputFileInNewFolder(option: string, file: string): string {
  try {
    makeFolder(dirname(resolve(file)));
  } catch (error) {
    throw new UsageError(`${option}: the folder of ${file} cannot be made: it ${fileProblem(error)}`);
  }
  return outputFile(option, file);
}

/** Step by step, because `mkdir` with `recursive` never returns below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
