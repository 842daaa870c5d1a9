import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANY_REQUEST,
  conditionsCover,
  conditionsMeet,
  type RuleConditions,
} from '../../../core/listener/conditions.ts';
import { ownerRefusalsOf, type SurroundingsReading } from '../../../core/listener/other-owners.ts';
import { otherUses } from '../../../core/listener/other-uses.ts';
import { patternCovers, patternsMeet } from '../../../core/listener/pattern.ts';
import { type ListenerRefusal, refusalText } from '../../../core/listener/refusal.ts';
import { type ListenerRule, shadowRefusals } from '../../../core/listener/shadowed-rules.ts';

const texts = (refusals: readonly ListenerRefusal[]) => refusals.map(refusalText).join();

const matches = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 5 });

describe('patterns', () => {
  it('meet wherever one text matches both, and cover only where no text tells them apart', () => {
    fc.assert(
      fc.property(pattern, pattern, text, (a, b, one) => {
        if (matches(a, one) && matches(b, one)) expect(patternsMeet(a, b)).toBe(true);
        if (patternCovers(a, b) && matches(b, one)) expect(matches(a, one)).toBe(true);
      }),
    );
  });

  it.each([
    ['/api/*', '/api/v1/*', true],
    ['/api/*', '/web/*', false],
    ['*.shop.example', 'www.*', true],
    ['/a?', '/abc', false],
  ])('%s and %s meet: %s', (a, b, expected) => {
    expect(patternsMeet(a, b)).toBe(expected);
  });
});

const only = (conditions: Partial<RuleConditions>): RuleConditions => ({ ...ANY_REQUEST, ...conditions });

describe('conditions', () => {
  it.each<[string, Partial<RuleConditions>, Partial<RuleConditions>, boolean]>([
    ['other hosts', { hosts: ['a.example'] }, { hosts: ['b.example'] }, false],
    ['one host in any case', { hosts: ['A.example'] }, { hosts: ['a.EXAMPLE'] }, true],
    ['other methods', { methods: ['GET'] }, { methods: ['POST'] }, false],
    [
      'other values of one header',
      { headers: [{ name: 'X', values: ['1'] }] },
      { headers: [{ name: 'x', values: ['2'] }] },
      false,
    ],
    ['two headers', { headers: [{ name: 'X', values: ['1'] }] }, { headers: [{ name: 'Y', values: ['2'] }] }, true],
    ['other clients', { sources: ['10.0.0.0/8'] }, { sources: ['11.0.0.0/8'] }, false],
    ['a block within another', { sources: ['10.0.0.0/8'] }, { sources: ['10.1.0.0/16'] }, true],
    ['two queries', { queries: [[{ key: 'a', value: '1' }]] }, { queries: [[{ key: 'a', value: '2' }]] }, true],
    ['what is not known', { opaque: true }, { paths: ['/x'] }, true],
  ])('%s: a request may satisfy both is %s', (_what, a, b, expected) => {
    expect(conditionsMeet(only(a), only(b))).toBe(expected);
    expect(conditionsMeet(only(b), only(a))).toBe(expected);
  });

  it('cover nothing that they do not know', () => {
    expect(conditionsCover(only({ opaque: true }), only({ paths: ['/x'] }))).toBe(false);
    expect(conditionsCover(ANY_REQUEST, only({ paths: ['/x'] }))).toBe(true);
    expect(conditionsCover(only({ paths: ['/x'] }), ANY_REQUEST)).toBe(false);
  });

  it.each<[string, Partial<RuleConditions>, boolean]>([
    ['every path', { paths: ['/*'] }, true],
    ['every path, by another pattern', { paths: ['/api/*', '*'] }, true],
    ['every host', { hosts: ['*'] }, true],
    ['every host with a dot', { hosts: ['*.*'] }, false],
    ['every path of one host', { hosts: ['a.example'], paths: ['/*'] }, false],
  ])('that name %s cover any request: %s', (_what, conditions, expected) => {
    expect(conditionsCover(only(conditions), ANY_REQUEST)).toBe(expected);
  });
});

const STABLE = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/node/1';
const OTHER = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/admin/1';
const LOGIN = 'authenticate-cognito {"UserPoolArn":"pool"}';
const rule = (given: Partial<ListenerRule>): ListenerRule => ({
  arn: 'arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/shop/1/2/abc',
  priority: 10,
  conditions: ANY_REQUEST,
  guards: [],
  forwards: new Map([[STABLE, 1]]),
  stickySeconds: null,
  rewrites: false,
  ...given,
});
const ours = { priority: 5, conditions: only({ paths: ['/*'] }), guards: [], stableArn: STABLE };

describe('a rule before others', () => {
  it.each<[string, Partial<ListenerRule>, RegExp]>([
    ['a login', { guards: [LOGIN] }, /rule abc at priority 10 .* demands authenticate-cognito first/],
    ['a token', { guards: ['jwt-validation {}'] }, /demands jwt-validation first/],
    ['another service', { forwards: new Map([[OTHER, 1]]) }, /forwards to target group admin/],
    [
      'another host',
      { conditions: only({ hosts: ['admin.example'] }), forwards: new Map([[OTHER, 1]]) },
      /host admin\.example/,
    ],
    [
      'a share for another service',
      {
        forwards: new Map([
          [STABLE, 9],
          [OTHER, 1],
        ]),
      },
      /target group admin/,
    ],
    ['a redirect', { forwards: null }, /answers by itself or redirects/],
    ['a rewrite', { rewrites: true }, /rewrites the host or the path/],
    [
      'a cookie that leads to another service',
      {
        forwards: new Map([
          [STABLE, 1],
          [OTHER, 0],
        ]),
        stickySeconds: 3600,
      },
      /keeps customers at one of several groups by a cookie/,
    ],
    ['a default that is not its own', { priority: Infinity, forwards: null }, /the default rule/],
  ])('would skip %s, and is refused', (_what, given, says) => {
    expect(texts(shadowRefusals(ours, [rule(given)]))).toMatch(says);
  });

  it.each<[string, ListenerRule[]]>([
    ['the stable group itself', [rule({}), rule({ priority: Infinity })]],
    [
      'a group that gets nothing',
      [
        rule({
          forwards: new Map([
            [STABLE, 1],
            [OTHER, 0],
          ]),
        }),
      ],
    ],
    ['rules before it, which win', [rule({ priority: 1, guards: [LOGIN] })]],
    ['rules behind one that takes all of its requests', [rule({}), rule({ priority: 20, forwards: null })]],
  ])('may take from %s', (_what, others) => {
    expect(shadowRefusals(ours, others)).toEqual([]);
  });

  it('may take from a login that it demands as well, and from no rule without it', () => {
    const guarded = { ...ours, guards: [LOGIN] };
    expect(shadowRefusals(guarded, [rule({ guards: [LOGIN] })])).toEqual([]);
    expect(texts(shadowRefusals(guarded, [rule({})]))).toMatch(/demands no authenticate-cognito/);
  });

  it('of another host leaves a login alone', () => {
    const narrow = { ...ours, conditions: only({ hosts: ['shop.example'] }) };
    const others = [
      rule({ conditions: only({ hosts: ['admin.example'] }), guards: [LOGIN] }),
      rule({ priority: Infinity }),
    ];
    expect(shadowRefusals(narrow, others)).toEqual([]);
  });
});

describe('other uses of the stable side', () => {
  const own = rule({ arn: 'own', priority: 5, conditions: only({ paths: ['/*'] }) });
  const uses = (...listeners: ListenerRule[][]) => otherUses(['own'], STABLE, listeners);

  it.each<[string, ListenerRule[][]]>([
    ['rules that the cutover’s own take everything from', [[own, rule({ priority: Infinity })]]],
    [
      'rules behind a redirect that takes all of their requests',
      [
        [
          rule({ priority: 1, forwards: null, conditions: only({ hosts: ['a.example'] }) }),
          rule({ conditions: only({ hosts: ['a.example'], paths: ['/x'] }) }),
        ],
      ],
    ],
    [
      'rules that forward elsewhere, or answer',
      [[own, rule({ priority: 1, forwards: new Map([[OTHER, 1]]) })], [rule({ forwards: null })]],
    ],
    [
      'a rule that gives the group no weight',
      [
        [own],
        [
          rule({
            forwards: new Map([
              [STABLE, 0],
              [OTHER, 1],
            ]),
          }),
        ],
      ],
    ],
  ])('are not %s', (_what, listeners) => {
    expect(uses(...listeners)).toEqual([]);
  });

  it('are rules in front of the cutover’s, defaults that get what its rules leave, and rules of other listeners', () => {
    const narrow = { ...own, conditions: only({ hosts: ['shop.example'] }) };
    const internal = rule({ arn: 'listener-rule/app/shop/1/3/def', priority: Infinity });
    expect(
      uses(
        [rule({ priority: 1, conditions: only({ paths: ['/old'] }) }), narrow, rule({ priority: Infinity })],
        [internal],
      ),
    ).toEqual([
      'rule abc at priority 1 (path /old)',
      'the default rule (any request)',
      'the default rule (any request)',
    ]);
  });
});

describe('another owner', () => {
  const alone: SurroundingsReading = {
    listeners: [],
    groups: [{ role: 'stable', arn: STABLE, sticky: false }],
    tags: [{ arn: STABLE, keys: ['Name', 'aws:cloudformation:stack-name', 'ManagedBy'] }],
    services: [{ name: 'node', controller: 'ECS', strategy: 'ROLLING' }],
  };

  it('is none: tags of CloudFormation and Terraform, and rolling services', () => {
    expect(ownerRefusalsOf(alone)).toEqual([]);
  });

  it.each<[string, Partial<SurroundingsReading>, RegExp]>([
    ['CodeDeploy', { services: [{ name: 'node', controller: 'CODE_DEPLOY', strategy: 'ROLLING' }] }, /CodeDeploy owns/],
    [
      'an external controller',
      { services: [{ name: 'node', controller: 'EXTERNAL', strategy: 'ROLLING' }] },
      /external controller/,
    ],
    [
      'ECS blue/green',
      { services: [{ name: 'go', controller: 'ECS', strategy: 'BLUE_GREEN' }] },
      /service go deploys by BLUE_GREEN/,
    ],
    ['ECS canary', { services: [{ name: 'go', controller: 'ECS', strategy: 'CANARY' }] }, /CANARY/],
    [
      'the Load Balancer Controller',
      { tags: [{ arn: STABLE, keys: ['ingress.k8s.aws/stack'] }] },
      /Load Balancer Controller/,
    ],
    [
      'target stickiness',
      { groups: [{ role: 'candidate', arn: OTHER, sticky: true }] },
      /candidate\) has target stickiness/,
    ],
    [
      'a rule that splits over the same groups',
      {
        listeners: [
          {
            ownRules: [],
            rules: [
              rule({
                forwards: new Map([
                  [STABLE, 50],
                  [OTHER, 50],
                ]),
              }),
            ],
          },
        ],
      },
      /splits requests over the same target groups/,
    ],
  ])('is refused: %s', (_what, found, says) => {
    expect(texts(ownerRefusalsOf({ ...alone, ...found }))).toMatch(says);
  });
});
