import { UsageError } from './usage-error.ts';

/** Route templates that an option was given. @throws UsageError that names the option and the template */
export function templates(option: string, given: readonly string[]): readonly string[] {
  for (const template of given)
    if (!/^\/\S*$/.test(template))
      throw new UsageError(`${option} must be a path template such as /items/{id} (got "${template}")`);
  return given;
}
