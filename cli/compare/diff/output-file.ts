/** Whether a file can be written, found out before a long run; and never over one of the run's own inputs. */
import { closeSync, openSync, realpathSync } from 'node:fs';
import { UsageError } from '../../shared/index.ts';
import { STDIN } from './inputs.ts';

/** @returns the file @throws UsageError that names the option */
export function outputFile(option: string, file: string | undefined, inputs: readonly string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    closeSync(openSync(file, 'a'));
    const real = realpathSync(file);
    if (inputs.some((input) => input !== STDIN && realpathSync(input) === real))
      throw new UsageError(`${option}: ${file} is one of the inputs`);
    return file;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
