/** Reads a plan file; every way in which it can be wrong names the file or the field. */
import { InvalidPlanError, type Plan, parsePlan } from '../../core/model/index.ts';
import { readJsonFile, UsageError } from '../shared/index.ts';

/** @param option what named the file. Without a file: the default plan. @throws UsageError */
export function readPlan(option: string, file: string | undefined): Plan {
  const value = file === undefined ? {} : readJsonFile(option, file);
  try {
    return parsePlan(value);
  } catch (error) {
    if (!(error instanceof InvalidPlanError)) throw error;
    throw new UsageError(error.problems.map((p) => `${p.path}: ${p.message}`).join('\n'));
  }
}
