import {
  type Action,
  CreateRuleCommand,
  DescribeRulesCommand,
  type DescribeRulesCommandOutput,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  InvalidConfigurationRequestException,
  ModifyRuleCommand,
  PriorityInUseException,
  type Rule,
  RuleNotFoundException,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANY_REQUEST } from '../../../core/listener/index.ts';
import { SAFE_SPLIT, weightsFor } from '../../../core/model/split.ts';
import { elbIngress, targetIds } from '../../../lambdas/aws/elb/ingress.ts';
import { conditionsFor, describeRules, guardsOf } from '../../../lambdas/aws/elb/listener-rules.ts';
import { ElbRules, inOrder } from '../../../lambdas/aws/elb/rule.ts';
import { awsClient } from '../../support/aws-client.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

/** An ELBv2 that answers by the command, and records what it was sent. */
function elb(answer: (command: object) => object) {
  const sent: object[] = [];
  const send = async (command: object) => {
    sent.push(command);
    return answer(command);
  };
  return { client: awsClient<ElasticLoadBalancingV2Client>(send), sent };
}

const forward = (groups: readonly (readonly [string, number | undefined])[], sticky = false): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({
      TargetGroupArn,
      ...(Weight === undefined ? {} : { Weight }),
    })),
    TargetGroupStickinessConfig: { Enabled: sticky },
  },
});
const LOGIN: Action = {
  Type: 'authenticate-oidc',
  AuthenticateOidcConfig: {
    Issuer: 'i',
    AuthorizationEndpoint: 'a',
    TokenEndpoint: 't',
    UserInfoEndpoint: 'u',
    ClientId: 'c',
    ClientSecret: 'told once',
  },
};

describe('the weights of a listener', () => {
  const safe: Rule = { RuleArn: 'rule/safe', Actions: [forward([['tg/stable', undefined]], true)] };
  const rest: Rule = { RuleArn: 'rule/rest', Actions: [forward([['tg/candidate', 7]])] };

  it('are read rule by rule, in whatever order they come, a weight that is not said as one', async () => {
    const { client } = elb(() => ({ Rules: [rest, safe] }));
    expect(await elbIngress(client, DEPLOYMENT).read()).toEqual([
      { ruleArn: 'rule/safe', groups: [{ targetGroupArn: 'tg/stable', weight: 1 }], sticky: true },
      { ruleArn: 'rule/rest', groups: [{ targetGroupArn: 'tg/candidate', weight: 7 }], sticky: false },
    ]);
  });

  const gone = new RuleNotFoundException({ message: 'One or more rules not found', $metadata: {} });
  /** Like ELBv2: answers for all rules that it is asked for, or for none of them. */
  const withoutRest = (command: object) => {
    const arns = command instanceof DescribeRulesCommand ? (command.input.RuleArns ?? []) : [];
    if (arns.includes('rule/rest')) throw gone;
    return { Rules: [safe] };
  };

  describe('where a target group is gone', () => {
    const missing = new TargetGroupNotFoundException({ message: 'One or more target groups not found', $metadata: {} });
    const withoutCandidate = (command: object) => {
      const [action] = command instanceof ModifyRuleCommand ? (command.input.Actions ?? []) : [];
      if (action?.ForwardConfig?.TargetGroups?.some((g) => g.TargetGroupArn === 'tg/candidate')) throw missing;
      return {};
    };
    const writing = async (candidatePercent: number) => {
      const { client, sent } = elb(withoutCandidate);
      const [, rest] = weightsFor(DEPLOYMENT, { candidatePercent, mirror: null });
      if (rest !== undefined) await elbIngress(client, DEPLOYMENT).write(rest);
      return sent.at(-1);
    };

    it('and was to get nobody, the others are written', async () => {
      expect(await writing(0)).toMatchObject({
        input: { Actions: [{ ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'tg/stable', Weight: 100 }] } }] },
      });
    });

    it('and was to get customers, nothing is', async () => {
      await expect(writing(5)).rejects.toBe(missing);
    });
  });

  describe('where a group has been made sticky itself', () => {
    const refused = new InvalidConfigurationRequestException({
      message:
        'You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups',
      $metadata: {},
    });
    const severalMustBeSticky = (command: object) => {
      const [action] = command instanceof ModifyRuleCommand ? (command.input.Actions ?? []) : [];
      if ((action?.ForwardConfig?.TargetGroups ?? []).length > 1) throw refused;
      return {};
    };
    const stickyOrAlone = (command: object) => {
      const [action] = command instanceof ModifyRuleCommand ? (command.input.Actions ?? []) : [];
      const { TargetGroups = [], TargetGroupStickinessConfig } = action?.ForwardConfig ?? {};
      if (TargetGroups.length > 1 && TargetGroupStickinessConfig?.Enabled !== true) throw refused;
      return {};
    };
    const writing = async (
      candidatePercent: number,
      answer: (command: object) => object = severalMustBeSticky,
      purpose?: 'return',
    ) => {
      const { client, sent } = elb(answer);
      const [, rest] = weightsFor(DEPLOYMENT, { candidatePercent, mirror: null });
      if (rest !== undefined) await elbIngress(client, DEPLOYMENT).write(rest, purpose);
      return sent.at(-1);
    };

    it('the one that is to get everybody is written alone', async () => {
      expect(await writing(0)).toMatchObject({
        input: {
          Actions: [
            {
              ForwardConfig: {
                TargetGroups: [{ TargetGroupArn: 'tg/stable', Weight: 100 }],
                TargetGroupStickinessConfig: { Enabled: false },
              },
            },
          ],
        },
      });
    });

    it('a shift writes nothing to several, and what ELBv2 said is told', async () => {
      await expect(writing(5, stickyOrAlone)).rejects.toBe(refused);
    });

    describe('and a return gives several a share, because stable cannot carry everything', () => {
      it('the rule is made sticky for one second, which is as good as not at all', async () => {
        expect(await writing(60, stickyOrAlone, 'return')).toMatchObject({
          input: {
            Actions: [
              {
                ForwardConfig: {
                  TargetGroups: [
                    { TargetGroupArn: 'tg/stable', Weight: 40 },
                    { TargetGroupArn: 'tg/candidate', Weight: 60 },
                  ],
                  TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 1 },
                },
              },
            ],
          },
        });
      });

      it('it is read back as the return wanted it; longer stickiness is drift', async () => {
        const stickyFor = async (DurationSeconds: number) => {
          const action = forward([['tg/stable', 40]], true);
          const ForwardConfig = {
            ...action.ForwardConfig,
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds },
          };
          const { client } = elb(() => ({ Rules: [safe, { ...rest, Actions: [{ ...action, ForwardConfig }] }] }));
          const [, read] = await elbIngress(client, DEPLOYMENT).read();
          return read?.sticky;
        };
        expect([await stickyFor(1), await stickyFor(2)]).toEqual([false, true]);
      });

      it('a rule that takes it without stickiness has none', async () => {
        expect(await writing(60, () => ({}), 'return')).toMatchObject({
          input: { Actions: [{ ForwardConfig: { TargetGroupStickinessConfig: { Enabled: false } } }] },
        });
      });

      it('what ELBv2 said first is told where it takes no form of it', async () => {
        await expect(writing(60, severalMustBeSticky, 'return')).rejects.toBe(refused);
      });
    });

    it('a write that is refused in both forms ends with the first refusal', async () => {
      let refusals = 0;
      const twice = (command: object) => {
        if (!(command instanceof ModifyRuleCommand)) return {};
        refusals++;
        throw refusals === 1 ? refused : new Error('the second');
      };
      await expect(writing(0, twice)).rejects.toBe(refused);
    });

    it('a throttle is no refusal: the same is written again', async () => {
      const throttled = () => {
        throw Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
      };
      const { client, sent } = elb(throttled);
      const [, rest] = weightsFor(DEPLOYMENT, { candidatePercent: 0, mirror: null });
      if (rest === undefined) throw new Error('a rule');
      await expect(elbIngress(client, DEPLOYMENT).write(rest)).rejects.toThrow('ModifyRule failed');
      expect(sent.filter((command) => command instanceof ModifyRuleCommand)).toHaveLength(1);
    });
  });

  describe('where somebody puts a login in front of a rule in mid-run', () => {
    const withLogin: Rule = { RuleArn: 'rule/rest', Actions: [LOGIN, forward([['tg/stable', 1]])] };
    const [, rest] = weightsFor(DEPLOYMENT, SAFE_SPLIT);
    if (rest === undefined) throw new Error('the deployment has two rules');
    const answering = (rule: Rule) => (command: object) => {
      if (!(command instanceof DescribeRulesCommand)) return {};
      return { Rules: [safe, rule].filter(({ RuleArn = '' }) => command.input.RuleArns?.includes(RuleArn)) };
    };
    const namesOf = (sent: readonly object[]) => sent.map((command) => command.constructor.name);
    const demanded = (sent: readonly object[]) =>
      sent.flatMap((c) => (c instanceof ModifyRuleCommand ? (c.input.Actions ?? []).map(({ Type }) => Type) : []));
    afterEach(() => void vi.useRealTimers());

    it('it stays, and what was read just now is not read again', async () => {
      const { client, sent } = elb(answering(withLogin));
      const ingress = elbIngress(client, DEPLOYMENT);
      await ingress.read();
      await ingress.write(rest);
      expect(namesOf(sent)).toEqual(['DescribeRulesCommand', 'ModifyRuleCommand']);
      expect(demanded(sent)).toEqual(['authenticate-oidc', 'forward']);
    });

    it('what was read long ago, or never, is read before the write', async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      let rule: Rule = { RuleArn: 'rule/rest', Actions: [forward([['tg/stable', 1]])] };
      const { client, sent } = elb((command) => answering(rule)(command));
      const ingress = elbIngress(client, DEPLOYMENT);
      await ingress.write(rest);
      await ingress.read();
      rule = withLogin;
      vi.advanceTimersByTime(301_000);
      await ingress.write(rest);
      expect(demanded(sent)).toEqual(['forward', 'authenticate-oidc', 'forward']);
    });

    it('a return that has just read in vain waits for no second answer', async () => {
      const { client, sent } = elb((command) => {
        if (command instanceof DescribeRulesCommand) throw new Error('no answer');
        return {};
      });
      const ingress = elbIngress(client, DEPLOYMENT);
      await expect(ingress.read()).rejects.toThrow('no answer');
      await ingress.write(rest);
      expect(namesOf(sent)).toEqual(['DescribeRulesCommand', 'ModifyRuleCommand']);
    });
  });

  it('are those of the rules that stand where one is gone', async () => {
    expect(await elbIngress(elb(withoutRest).client, DEPLOYMENT).read()).toMatchObject([
      { ruleArn: 'rule/safe', groups: [{ weight: 1 }] },
      { ruleArn: 'rule/rest', groups: [], absent: 'gone' },
    ]);
  });

  it.each<[string, Action]>([
    ['redirects', { Type: 'redirect' }],
    ['answers by itself', { Type: 'fixed-response' }],
  ])('say so of a rule that %s', async (_what, action) => {
    const Rules = [safe, { RuleArn: 'rule/rest', Actions: [action] }];
    expect(await elbIngress(elb(() => ({ Rules })).client, DEPLOYMENT).read()).toMatchObject([
      { ruleArn: 'rule/safe', groups: [{ weight: 1 }] },
      { ruleArn: 'rule/rest', groups: [], sticky: false, absent: 'replaced' },
    ]);
  });

  it('are read of one group that stands alone', async () => {
    const Rules = [
      safe,
      { RuleArn: 'rule/rest', Actions: [{ Type: 'forward' as const, TargetGroupArn: 'tg/stable' }] },
    ];
    const [, read] = await elbIngress(elb(() => ({ Rules })).client, DEPLOYMENT).read();
    expect(read).toEqual({ ruleArn: 'rule/rest', groups: [{ targetGroupArn: 'tg/stable', weight: 1 }], sticky: false });
  });

  it('are not known from an answer that leaves a rule out, nor where one cannot be asked for alone', async () => {
    const read = (answer: (command: object) => object) => elbIngress(elb(answer).client, DEPLOYMENT).read();
    await expect(read(() => ({ Rules: [safe] }))).rejects.toThrow(/without rule rule\/rest/);
    let calls = 0;
    const throttled = (command: object) => {
      if (calls++ > 0) throw Object.assign(new Error('slow down'), { name: 'Throttling' });
      return withoutRest(command);
    };
    await expect(read(throttled)).rejects.toMatchObject({ name: 'Crossfade.Transient' });
  });

  it('cannot be written to a rule that is gone, and the error says how it is made anew', async () => {
    const refuse = () => {
      throw gone;
    };
    const [rule] = weightsFor(DEPLOYMENT, SAFE_SPLIT);
    if (rule === undefined) throw new RangeError('no rule');
    for (const guarded of [true, false]) {
      const deployment = { ...DEPLOYMENT, rules: DEPLOYMENT.rules.map((each) => ({ ...each, guarded })) };
      await expect(elbIngress(elb(refuse).client, deployment).write(rule)).rejects.toThrow(
        /rule\/safe no longer exists.*Next: give the rule another priority in the stack/,
      );
    }
  });

  it('are written with stickiness off, behind the login that stands there', async () => {
    const guarded = { ...DEPLOYMENT, rules: DEPLOYMENT.rules.map((rule) => ({ ...rule, guarded: true })) };
    const { client, sent } = elb((command) =>
      command instanceof DescribeRulesCommand
        ? { Rules: [{ RuleArn: 'rule/safe', Actions: [LOGIN, forward([])] }] }
        : {},
    );
    const [rule] = weightsFor(DEPLOYMENT, SAFE_SPLIT);
    if (rule === undefined) throw new RangeError('no rule');
    await elbIngress(client, guarded).write(rule);
    const written = sent.find((command) => command instanceof ModifyRuleCommand);
    expect(written?.input.Actions).toMatchObject([
      { Type: 'authenticate-oidc', Order: 1 },
      { Type: 'forward', Order: 2, ForwardConfig: { TargetGroupStickinessConfig: { Enabled: false } } },
    ]);
  });
});

describe('the health of a side', () => {
  const states = ['healthy', 'initial', 'unhealthy', 'unhealthy.draining', 'draining', 'unused'] as const;
  const TargetHealthDescriptions = states.map((State, i) => ({
    Target: { Id: `t${i}`, Port: 80 },
    TargetHealth: { State },
  }));

  it('counts what serves and what fails of what is not leaving, in the side’s own group', async () => {
    const { client, sent } = elb(() => ({ TargetHealthDescriptions }));
    expect(await elbIngress(client, DEPLOYMENT).health('candidate')).toEqual({
      healthy: 1,
      unhealthy: 2,
      registered: 5,
    });
    const [asked] = sent;
    expect(asked instanceof DescribeTargetHealthCommand && asked.input.TargetGroupArn).toBe('tg/candidate');
    expect(await targetIds(client, DEPLOYMENT, 'stable')).toEqual(['t0:80', 't1:80', 't2:80', 't3:80', 't5:80']);
  });

  it('cannot be asked of a group that is not deployed', async () => {
    const { mirrorForward: _none, ...targetGroups } = DEPLOYMENT.targetGroups;
    expect(() => elbIngress(elb(() => ({})).client, { ...DEPLOYMENT, targetGroups }).health('mirrorForward')).toThrow(
      RangeError,
    );
  });
});

describe('the rules of a listener', () => {
  const described = (...Rules: Rule[]) => describeRules(elb(() => ({ Rules })).client, { ListenerArn: 'l' });

  it('are read page by page', async () => {
    const { client, sent } = elb((command): Partial<DescribeRulesCommandOutput> => {
      const first = command instanceof DescribeRulesCommand && command.input.Marker === undefined;
      return first
        ? { Rules: [{ RuleArn: 'one' }], NextMarker: 'more' }
        : { Rules: [{ RuleArn: 'two' }], NextMarker: '' };
    });
    expect((await describeRules(client, { ListenerArn: 'l' })).map(({ arn }) => arn)).toEqual(['one', 'two']);
    expect(sent).toHaveLength(2);
  });

  it('say what they demand first, in a form that can be written again without the secret', async () => {
    expect(guardsOf([LOGIN, forward([])])).toEqual([
      {
        Type: 'authenticate-oidc',
        AuthenticateOidcConfig: expect.objectContaining({ ClientId: 'c', UseExistingClientSecret: true }),
      },
    ]);
    expect(JSON.stringify(guardsOf([LOGIN]))).not.toContain('told once');
  });

  it('are opaque where they match by a regular expression, and cannot be written again then', async () => {
    const [rule] = await described({
      RuleArn: 'r',
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/a'] } }],
    });
    expect(rule?.conditions.opaque).toBe(true);
    expect(() => conditionsFor({ ...ANY_REQUEST, opaque: true })).toThrow(RangeError);
    const [unknown] = await described({ RuleArn: 'r', Conditions: [{ Field: 'moon-phase' }] });
    expect(unknown?.conditions.opaque).toBe(true);
  });

  it('say where they forward, by a group alone as well, and whether they rewrite', async () => {
    const rules = await described(
      { RuleArn: 'one', Actions: [{ Type: 'forward', TargetGroupArn: 'tg' }] },
      { RuleArn: 'two', Actions: [{ Type: 'redirect' }], Transforms: [{ Type: 'url-rewrite' }] },
    );
    expect(rules.map(({ forwards, rewrites }) => [forwards === null ? null : [...forwards], rewrites])).toEqual([
      [[['tg', 1]], false],
      [null, true],
    ]);
  });
});

describe('a rule of ours', () => {
  const shape = { priority: 10, conditions: { ...ANY_REQUEST, paths: ['/*'] }, guards: [] };
  const write = { shape, weights: new Map([['tg', 100]]), stickySeconds: null, guardActions: [] };
  const inUse = new PriorityInUseException({ $metadata: {}, message: 'in use' });
  const listed = (weight: number, path = '/*'): Rule => ({
    RuleArn: 'arn:there',
    Priority: '10',
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
    Actions: [forward([['tg', weight]])],
  });
  const creating = (there: Rule) =>
    elb((command) => {
      if (command instanceof CreateRuleCommand) throw inUse;
      return { Rules: [there] };
    });

  it('bears the ingress’ name, without stickiness', async () => {
    const { client, sent } = elb(() => ({ Rules: [{ RuleArn: 'arn:new' }] }));
    expect(await new ElbRules(client, 'gateway').create('l', write)).toBe('arn:new');
    const [created] = sent;
    expect(created instanceof CreateRuleCommand && created.input).toMatchObject({
      Tags: [{ Key: 'crossfade:ingress', Value: 'gateway' }],
      Actions: [{ ForwardConfig: { TargetGroupStickinessConfig: { Enabled: false } } }],
    });
  });

  it('that an unanswered attempt has made is taken as made; one with other weights or conditions is another’s', async () => {
    expect(await new ElbRules(creating(listed(100)).client, 'gateway').create('l', write)).toBe('arn:there');
    for (const there of [listed(50), listed(100, '/other')])
      await expect(new ElbRules(creating(there).client, 'gateway').create('l', write)).rejects.toBe(inUse);
  });

  it('that failed to be created is asked for nowhere', async () => {
    const { client, sent } = elb(() => ({ Rules: [listed(100)] }));
    expect(await new ElbRules(client, 'gateway').read('gateway-rule-1')).toBeNull();
    expect(sent).toEqual([]);
  });

  it('numbers its actions where there are several', () => {
    expect(inOrder([LOGIN, forward([])]).map(({ Order }) => Order)).toEqual([1, 2]);
    expect(inOrder([forward([])]).map(({ Order }) => Order)).toEqual([undefined]);
  });
});
