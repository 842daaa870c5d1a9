import type { RuleSet } from '../../parity/rules/schema.ts';

/** Another status is benign, until the end of 2026 unless a test says otherwise. */
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
