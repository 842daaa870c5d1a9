import { expect, it } from 'vitest';
import { planSchema } from '../../core/model/plan.ts';
import { effectiveRules } from '../../lambdas/aws/dynamo/parity-rules.ts';
import { storedParity } from '../../lambdas/aws/dynamo/stored-parity.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { lease } from '../support/ledger-item.ts';

const NOW = Date.parse('2026-11-24T12:00Z');

it.each([
  ['the run began', null],
  ['a side was deployed anew', '2026-11-24T11:00:00.000Z'],
])('parity is judged by captures and losses since %s', async (_since, revisedAt) => {
  const owner = lease({});
  const from: number[] = [];
  const parity = storedParity({
    ingressId: DEPLOYMENT.ingressId,
    ledger: { read: async () => owner },
    rules: { effective: async () => effectiveRules({ v: 1, rules: [] }, new Date(NOW)) },
    store: {
      read: async (_series, since = 0) => {
        from.push(since);
        return {};
      },
    },
    copies: async (range) => {
      from.push(range.from);
      return { wanted: 0, lost: {} };
    },
    clock: { now: () => NOW },
  });
  await parity.judge({ cutoverId: owner.cutoverId, plan: planSchema.parse({}), revisedAt });
  const since = Date.parse(revisedAt ?? owner.startedAt);
  expect(from).toEqual([since, since]);
});
