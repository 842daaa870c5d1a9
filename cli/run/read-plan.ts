/** Reads a plan file; every way in which it can be wrong names the file or the field. */
import { readFileSync } from 'node:fs';
import { InvalidPlanError, type Plan, parsePlan } from '../../core/model/index.ts';
import { UsageError } from '../shared/index.ts';

/** Without a file: the default plan. @throws UsageError */
export function readPlan(file: string | undefined): Plan {
  try {
    return parsePlan(file === undefined ? {} : parseJson(file, readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof InvalidPlanError)
      throw new UsageError(error.problems.map((p) => `${p.path}: ${p.message}`).join('\n'));
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
