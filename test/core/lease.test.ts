import { describe, expect, it } from 'vitest';
import { generationSchema } from '../../core/model/ids.ts';
import { concerns, ledgerItemSchema, TIDINGS, untold } from '../../core/model/lease.ts';
import { lease } from '../support/ledger-item.ts';

const item = lease({
  capacity: { desired: 2, running: 2, scaling: { min: 2, max: 4, suspended: false } },
  drill: { percent: 1, alarm: 'red', trippedAt: null },
});
const { intent, capacity, drill } = item;
const mirror = { face: 'forward', percent: 5, newer: 1 };
const asked = { reason: 'r', by: 'b', requestedAt: item.startedAt, confirmedAt: null, verifiedAt: null };

describe('a lease that a newer version wrote', () => {
  it.each([
    ['an attribute', { newer: 1 }],
    ['an attribute of the intent', { intent: { ...intent, newer: 1 } }],
    ['an attribute of the split', { intent: { ...intent, split: { ...intent.split, newer: 1 } } }],
    ['an attribute of the mirror', { intent: { ...intent, split: { candidatePercent: 10, mirror } } }],
    ['an attribute of a rule', { intent: { ...intent, weights: intent.weights.map((r) => ({ ...r, newer: 1 })) } }],
    [
      'an attribute of a group',
      {
        intent: {
          ...intent,
          weights: intent.weights.map((r) => ({ ...r, groups: r.groups.map((g) => ({ ...g, newer: 1 })) })),
        },
      },
    ],
    ['another writer of the intent', { intent: { ...intent, by: 'newer' } }],
    ['an attribute of the capacity', { capacity: { ...capacity, newer: 1 } }],
    ['an attribute of scaling', { capacity: { ...capacity, scaling: { ...capacity?.scaling, newer: 1 } } }],
    ['an attribute of the drill', { drill: { ...drill, newer: 1 } }],
    ['another phase', { phase: 'newer' }],
    ['another state of the stable side', { stableCapacity: 'newer' }],
    ['another step down', { tasks: { newer: 1 } }],
    [
      'another way of telling people',
      { status: 'rolled_back', rollback: { ...asked, trigger: 'alarm', owed: ['newer'] } },
    ],
    ['another trigger', { status: 'rolling_back', rollback: { ...asked, trigger: 'newer' } }],
  ])('is read with %s', (_what, newer) => {
    expect(ledgerItemSchema.safeParse({ ...item, ...newer }).error).toBeUndefined();
  });

  it('counts a state of the stable side that it does not know as reduced, the one that waits', () => {
    expect(ledgerItemSchema.parse({ ...item, stableCapacity: 'newer' }).stableCapacity).toBe('reduced');
  });

  it('owes people everything where it names a way of telling them that nobody here knows', () => {
    const rollback = { ...asked, trigger: 'alarm', owed: ['message', 'newer'] };
    expect(ledgerItemSchema.parse({ ...item, rollback }).rollback?.owed).toEqual(TIDINGS);
  });

  it('is refused with another status: nobody could say whether a run owns the ingress', () => {
    expect(ledgerItemSchema.safeParse({ ...item, status: 'newer' }).success).toBe(false);
  });
});

describe('a lease that an earlier version wrote', () => {
  it('has no step down, and owes nobody a message about its rollback', () => {
    const { tasks: _tasks, ...earlier } = item;
    const read = ledgerItemSchema.parse({ ...earlier, rollback: { ...asked, trigger: 'alarm' } });
    expect(read.tasks).toBeNull();
    expect(read.rollback?.owed).toEqual([]);
  });
});

describe('what people should have heard of a rollback and have not', () => {
  const confirmedAt = '2026-11-24T08:10:00.000Z';
  const confirmed = Date.parse(confirmedAt);
  const owing = (owed: unknown) =>
    ledgerItemSchema.parse({
      ...item,
      status: 'rolled_back',
      rollback: { ...asked, trigger: 'alarm', confirmedAt, owed },
    });

  it('is nothing while whoever confirmed it may still be telling them', () => {
    expect(untold(owing(['message']), confirmed + 60_000)).toEqual([]);
  });

  it('is what the lease owes from a minute on', () => {
    expect(untold(owing(['message']), confirmed + 60_001)).toEqual(['message']);
  });

  it('is nothing once they were told, and without a rollback', () => {
    expect(untold(owing([]), confirmed + 3_600_000)).toEqual([]);
    expect(untold(item, confirmed + 3_600_000)).toEqual([]);
  });
});

describe('what was concluded from a reading of the lease', () => {
  const scope = { kind: 'unchanged', what: 'intent', lease: item } as const;

  it('holds for the same lease', () => {
    expect(concerns(item, scope)).toBe(true);
  });

  it('holds no more for another generation, whose first intent may bear the same instant', () => {
    expect(concerns({ ...item, generation: generationSchema.parse(item.generation + 1) }, scope)).toBe(false);
  });
});
