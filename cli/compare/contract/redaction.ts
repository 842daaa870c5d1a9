/** Secrets in the answers of a contract, in addition to those that the mirror knows. */
import { randomBytes } from 'node:crypto';
import { PERSONAL_RULES, type RedactionRules } from '../../../capture/redaction/index.ts';
import { UsageError } from '../../shared/index.ts';

const SHORTEST_KEY = 16;

/**
 * Without a key a new one is generated, so that the hashes of two runs cannot be compared.
 * @throws UsageError that names the option
 */
export function redactionRules(
  keyName: string,
  key: string | undefined,
  fields: readonly string[],
  parameters: readonly string[],
  pointers: readonly string[],
  keep: readonly string[],
): RedactionRules {
  if (key !== undefined && key.length < SHORTEST_KEY)
    throw new UsageError(`${keyName} must have at least ${SHORTEST_KEY} characters`);
  refuse('--redact-header', fields, /^[\w-]+$/, 'a field name');
  refuse('--redact-parameter', parameters, /^[\w.-]+$/, 'a parameter name');
  refuse('--redact-json', pointers, /^\/\S*$/, 'a JSON pointer, such as /user/email or /**/iban');
  refuse('--redact-keep', keep, new RegExp(`^(?:${PERSONAL_RULES.join('|')})$`), `one of ${PERSONAL_RULES.join(', ')}`);
  return {
    key: key ?? randomBytes(32).toString('hex'),
    fields: fields.map((name) => name.toLowerCase()),
    parameters,
    pointers,
    keep: PERSONAL_RULES.filter((rule) => keep.includes(rule)),
  };
}

function refuse(option: string, given: readonly string[], pattern: RegExp, what: string): void {
  for (const text of given) if (!pattern.test(text)) throw new UsageError(`${option} must be ${what} (got "${text}")`);
}
