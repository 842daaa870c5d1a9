/** What must be true of a lease at the instant of a write, as DynamoDB's conditions. */
import type { Intent, TriggerScope } from '../../../core/model/index.ts';
import { type Item, toValue } from './item.ts';

/** Parts of a ConditionExpression, all of which must hold, with the values and names that they use. */
export interface Condition {
  readonly all: readonly string[];
  readonly values: Item;
  readonly names: Readonly<Record<string, string>>;
}

/** The scope of a trigger as a condition on the lease: the same answer as `concerns`, at the instant of the write. */
export function scopeCondition(scope: TriggerScope | undefined): Condition {
  switch (scope?.kind) {
    case undefined:
      return { all: [], values: {}, names: {} };
    case 'execution':
      return { all: ['executionArn = :execution'], values: { ':execution': { S: scope.executionArn } }, names: {} };
    case 'since':
      return { all: ['startedAt <= :since'], values: { ':since': { S: scope.at } }, names: {} };
    case 'unchanged': {
      const { generation, heartbeatDueAt, intent } = scope.lease;
      const same = intentCondition(intent);
      const silent = scope.what === 'silence';
      return {
        all: [
          'generation = :generation',
          'intent.confirmed = :confirmed',
          ...(silent ? ['heartbeatDueAt = :due'] : []),
          ...same.all,
        ],
        values: {
          ':generation': toValue(generation),
          ':confirmed': { BOOL: intent.confirmed },
          ...(silent ? { ':due': { S: heartbeatDueAt } } : {}),
          ...same.values,
        },
        names: same.names,
      };
    }
  }
}

/** `sameIntent` as a condition. */
export function intentCondition({ at, by }: Intent): Condition {
  const all = [
    'intent.#at = :intentAt',
    by === undefined ? 'attribute_not_exists(intent.#by)' : 'intent.#by = :intentBy',
  ];
  const values = { ':intentAt': { S: at }, ...(by === undefined ? {} : { ':intentBy': { S: by } }) };
  return { all, values, names: { '#at': 'at', '#by': 'by' } };
}
