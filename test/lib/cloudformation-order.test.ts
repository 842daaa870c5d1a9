/**
 * Tests that a deployment can be created, changed and deleted in any order that CloudFormation's rules allow: nothing
 * that a run needs is deleted during the run.
 */
import { CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { Template as Synthesised } from 'aws-cdk-lib/assertions';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { GUARD_TYPE } from '../../core/model/deployment.ts';
import { attachedApplication } from '../../lib/attached-application.ts';
import type { DualStackCutoverProps } from '../../lib/cutover/cutover-props.ts';
import { DualStackCutover } from '../../lib/cutover/dual-stack-cutover.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';
import {
  type Asked,
  type Choices,
  closureOf,
  created,
  deleted,
  type Template,
  templateOf,
  updated,
} from './cloudformation.ts';
import { PROPS } from './own-stack.ts';

const RULE_TYPE = 'Custom::WeightedRule';
/** Resources with the rights of operators and campaigns: a run and its rollback work without them. */
const OF_OTHERS = /^(Operators|Campaign)/;
/** Retained by the template, but deleted with the function, the machine or the log group that they are part of. */
const PARTS = ['AWS::Lambda::Version', 'AWS::StepFunctions::StateMachineVersion', 'AWS::Logs::LogStream'];
const RUNS = 12;

const attached = (plan = {}) => {
  const app = templatesOnly();
  attachedApplication(app, { ...ATTACHMENT, campaignAccount: '111122223333' }, plan);
  return templateOf(Synthesised.fromStack(app.node.findChild('CrossfadeCutover') as Stack).toJSON());
};
/** Template of a user's own stack, with or without a cutover in it. */
const theirs = (props: Partial<DualStackCutoverProps> | null) => {
  const stack = new Stack(templatesOnly(), 'Theirs');
  new CfnWaitConditionHandle(stack, 'Other');
  if (props !== null) new DualStackCutover(stack, 'Cutover', { ...PROPS, ...props });
  return templateOf(Synthesised.fromStack(stack).toJSON());
};
let plain: Template | undefined;
/** The template of a user's stack with a plain cutover, synthesised once. */
const cutoverOfTheirs = () => {
  plain ??= theirs({});
  return plain;
};
/** Any order that CloudFormation may choose. */
const orders = fc.infiniteStream(fc.nat());
const choosing = (draws: Iterator<number>, agrees: Choices['agrees']): Choices => ({
  next: (ids) => ids[(draws.next().value ?? 0) % ids.length] ?? '',
  agrees,
});
const inAnyOrder = (property: (choose: (agrees: Choices['agrees']) => Choices) => void) =>
  fc.assert(
    fc.property(orders, (draws) => property((agrees) => choosing(draws[Symbol.iterator](), agrees))),
    { numRuns: RUNS },
  );

/**
 * Answers like the handler during a run: the guard cannot be deleted, and a rule can be neither changed nor deleted.
 */
const whileRunning = ({ request, resource: { Type } }: Asked) =>
  (Type !== GUARD_TYPE && Type !== RULE_TYPE) || request === 'Create' || (Type === GUARD_TYPE && request === 'Update');
const always = () => true;
const idsOf = (template: Template, ...types: string[]) =>
  Object.keys(template).filter((id) => types.includes(template[id]?.Type ?? ''));
const typesOf = (template: Template, ids: readonly string[]) => [...new Set(ids.map((id) => template[id]?.Type ?? id))];

describe('a deployment', () => {
  let template: Template;
  beforeAll(() => {
    template = attached();
  });

  it('loses nothing that a run needs when it is deleted in mid-run', () => {
    inAnyOrder((choose) => {
      const { failed, deleted: gone } = deleted(template, choose(whileRunning));
      expect(typesOf(template, failed)).toEqual([GUARD_TYPE]);
      expect(gone.filter((id) => !OF_OTHERS.test(id))).toEqual([]);
    });
  });

  it('goes whole when no run is on, but for what is retained', () => {
    const retained = Object.keys(template).filter((id) => template[id]?.DeletionPolicy.startsWith('Retain'));
    inAnyOrder((choose) => {
      const { failed, standing } = deleted(template, choose(always));
      expect(failed).toEqual([]);
      expect([...standing].sort()).toEqual(retained.sort());
    });
  });

  it('asks its guard and its rules while the function that answers, its rights and the ledger stand', () => {
    const asked = idsOf(template, GUARD_TYPE, RULE_TYPE);
    expect(asked.length).toBeGreaterThan(4);
    const answering = asked.map((id) => {
      const closure = [...closureOf(id, template)];
      const provider = closure.filter((one) => /^CutoverRuleProvider/.test(one));
      expect(typesOf(template, provider)).toEqual(
        expect.arrayContaining(['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::IAM::Policy']),
      );
      return [id, [...provider, ...idsOf(template, 'AWS::DynamoDB::GlobalTable')]] as const;
    });
    const needed = new Map(answering);
    const withAll = ({ id, standing }: Asked) => {
      expect((needed.get(id) ?? []).filter((one) => !standing.has(one))).toEqual([]);
      return true;
    };
    inAnyOrder((choose) => {
      created(template, choose(withAll));
      deleted(template, choose(withAll));
    });
  });

  it('leaves nothing behind wherever a first deploy fails', () => {
    const ids = Object.keys(template);
    fc.assert(
      fc.property(orders, fc.constantFrom(...ids), (draws, broken) => {
        const fails = ({ request, id }: Asked) => !(request === 'Create' && id === broken);
        const { failed, standing } = created(template, choosing(draws[Symbol.iterator](), fails));
        expect(failed).toEqual([broken]);
        expect(typesOf(template, [...standing]).filter((type) => !PARTS.includes(type))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps every version of a run through a deploy in mid-run', () => {
    const after = attached({ shadow: { duration: 'P2D' }, retention: 'P30D' });
    inAnyOrder((choose) => {
      const { failed, deleted: gone } = updated(template, after, choose(whileRunning));
      expect(failed).toEqual([]);
      expect(gone).toEqual([]);
    });
  });

  it('is taken back whole when a deploy in mid-run changes a rule', () => {
    const before = cutoverOfTheirs();
    const after = theirs({
      listeners: [{ listener: PROPS.listeners?.[0]?.listener ?? { listenerArn: '' }, priority: 7 }],
    });
    inAnyOrder((choose) => {
      const { failed, deleted: gone } = updated(before, after, choose(whileRunning));
      expect(failed.map((id) => after[id]?.Type)).toEqual([RULE_TYPE]);
      expect(gone).toEqual([]);
    });
  });
});

describe('a deploy that exchanges the sides, or names another ledger', () => {
  const { stable, candidate } = PROPS.groups;
  const table = (tableName: string) => {
    const stack = new Stack(templatesOnly(), 'Theirs');
    new DualStackCutover(stack, 'Cutover', { ...PROPS, ledger: TableV2.fromTableName(stack, 'Table', tableName) });
    return templateOf(Synthesised.fromStack(stack).toJSON());
  };

  it.each<[string, () => [Template, Template]]>([
    ['sides', () => [cutoverOfTheirs(), theirs({ groups: { stable: candidate, candidate: stable } })]],
    ['ledger', () => [table('one'), table('two')]],
  ])('asks the rule before any function of the run is told: %s', (_what, templates) => {
    const [before, after] = templates();
    inAnyOrder((choose) => {
      const asked: string[] = [];
      const byRule = ({ id, resource }: Asked) => asked.push(id) > 0 && resource.Type !== RULE_TYPE;
      const { failed, deleted: gone } = updated(before, after, choose(byRule));
      expect(typesOf(after, failed)).toEqual([RULE_TYPE]);
      expect(gone).toEqual([]);
      const told = asked.filter((id) => after[id]?.Type === 'AWS::Lambda::Function' && /^CutoverFunctions/.test(id));
      expect(told).toEqual([]);
    });
  });
});

describe('a deployment whose ingress is renamed in its stack', () => {
  let before: Template;
  let after: Template;
  beforeAll(() => {
    before = cutoverOfTheirs();
    after = theirs({ ingressId: 'store' });
  });

  it('is refused by its guard, before anything is deleted', () => {
    const byGuard = ({ request, resource }: Asked) => !(request === 'Update' && resource.Type === GUARD_TYPE);
    inAnyOrder((choose) => {
      const { failed, standing, deleted: gone } = updated(before, after, choose(byGuard));
      expect(failed.map((id) => after[id]?.Type)).toEqual([GUARD_TYPE]);
      expect([gone, standing.size]).toEqual([[], Object.keys(before).length]);
    });
  });

  it('would otherwise lose its machine, its rollback and its alarms', () => {
    inAnyOrder((choose) => {
      const { deleted: gone } = updated(before, after, choose(always));
      const types = typesOf(
        before,
        gone.map((id) => id.replace(' (replaced)', '')),
      );
      expect(types).toEqual(
        expect.arrayContaining(['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::CloudWatch::Alarm']),
      );
    });
  });
});

it('a construct that is taken out of a stack that lives on goes, whatever its guard says: CloudFormation heeds no refusal there', () => {
  const [before, after] = [cutoverOfTheirs(), theirs(null)];
  inAnyOrder((choose) => {
    const { deleted: gone } = updated(before, after, choose(whileRunning));
    expect(typesOf(before, gone)).toEqual(
      expect.arrayContaining([GUARD_TYPE, RULE_TYPE, 'AWS::StepFunctions::StateMachine']),
    );
  });
});
