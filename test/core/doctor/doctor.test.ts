import { describe, expect, it } from 'vitest';
import { type Diagnosis, examine, worst } from '../../../core/doctor/index.ts';
import { ANY_REQUEST } from '../../../core/listener/conditions.ts';
import { deployed, healthy, LB, LISTENER, on, rule, STABLE } from './account.ts';
import { RED } from './sick-accounts.ts';

describe('the doctor', () => {
  it('finds nothing in an account in which nothing is wrong, and says what it looked at', () => {
    const diagnoses = examine(healthy());
    expect(diagnoses.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(new Set(diagnoses.map(({ check }) => check))).toEqual(new Set(RED.map(([, check]) => check)));
  });

  it.each(RED)('finds %s', (_, check, level, spoil, says) => {
    const facts = healthy();
    spoil(facts);
    const bad: Diagnosis[] = examine(facts).filter((diagnosis) => diagnosis.level !== 'ok');
    expect(bad.map((d) => d.check)).toContain(check);
    const own = bad.filter((d) => d.check === check);
    expect(worst(own)).toBe(level);
    expect(own.some(({ why }) => says.test(why))).toBe(true);
    for (const { mend } of own) expect(mend).toMatch(/\w/);
  });

  it('says how a deleted rule comes back: a deploy that changes nothing does not recreate it', () => {
    const facts = healthy();
    deployed({ ruleArns: ['rule/gone'] })(facts);
    const found = examine(facts).find(({ check, level }) => check === 'rule' && level === 'fail');
    expect(found?.mend).toContain('another priority');
  });

  it.each([
    'an alarm that does not exist',
    'a topic that does not exist',
    'a version that is gone',
    'no state machine',
  ])('asks for a deploy that reverts drift for %s, because no other one recreates it', (name) => {
    const facts = healthy();
    const [, check, , spoil] = RED.find(([row]) => row === name) ?? [];
    spoil?.(facts);
    const [found] = examine(facts).filter((diagnosis) => diagnosis.check === check && diagnosis.level === 'fail');
    expect(found?.mend).toContain('--revert-drift');
  });

  it('leaves a rule of another host alone, and asks no login of who copies the rule that has it', () => {
    const facts = healthy();
    const guards = ['authenticate-cognito {"UserPoolArn":"pool"}'];
    const elsewhere = rule({
      conditions: { ...ANY_REQUEST, hosts: ['admin.example'] },
      guards,
      forwards: new Map([['a:targetgroup/users/1', 1]]),
    });
    const guarded = rule({ arn: 'rule/login', priority: 20, guards });
    facts.deployed = null;
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: [elsewhere, guarded] }];
    const shop = {
      priority: 5,
      conditions: { ...on('/api/*'), hosts: ['shop.example'] },
      guards: [],
      stableArn: STABLE,
    };
    const answer = (likeRuleArn: string | null) => {
      facts.planned = [
        {
          listenerArn: LISTENER,
          likeRuleArn,
          rule: likeRuleArn === null ? shop : { ...shop, conditions: ANY_REQUEST },
        },
      ];
      return examine(facts)
        .filter(({ level }) => level === 'fail')
        .map(({ check }) => check);
    };
    expect(answer(null)).toEqual(['authentication']);
    // The copied rule matches /api/* on any host, including admin.example.
    expect(answer('rule/login')).toEqual(['shadowed rules']);
    facts.listeners = [{ arn: LISTENER, loadBalancerArn: LB, rules: [guarded] }];
    expect(answer('rule/login')).toEqual([]);
  });
});
