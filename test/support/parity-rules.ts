import type { RuleSet } from '../../parity/rules/schema.ts';

/** Returns a rule set that makes differences of the status benign, until the end of 2026 by default. */
export function statusIsBenign(expires = '2026-12-31'): RuleSet {
  return {
    v: 1,
    rules: [
      {
        kind: 'reclassify',
        id: 'created',
        owner: 'shop',
        reason: 'clients take both',
        expires,
        where: { cause: 'status' },
        severity: 'benign',
      },
    ],
  };
}
