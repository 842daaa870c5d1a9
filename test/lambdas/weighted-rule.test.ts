import {
  type Action,
  CreateRuleCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deploymentSchema } from '../../core/model/deployment.ts';
import type { Lease } from '../../core/model/lease.ts';
import { ruleWeightsSchema } from '../../core/model/split.ts';
import { elbIngress } from '../../lambdas/aws/elb/ingress.ts';
import { makeHandler } from '../../lambdas/weighted-rule.ts';
import { elbv2 } from '../../rehearsal/cloud/services/elbv2.ts';
import { LISTENER, loadBalancer, type Served, serve } from '../rehearsal/cloud/support.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { lease } from '../support/ledger-item.ts';

const OTHER_LISTENER = LISTENER.replace('/lb/1/2', '/lb/1/3');
const model = loadBalancer();
const [stable = '', candidate = '', mirror = '', fresh = ''] = [...model.targetGroups.keys()];
/** The listeners' default actions, as they were before the cutover. */
const TO_STABLE = [{ Type: 'forward', TargetGroupArn: stable }];
let owner: Lease | null;
let writes: number;
let waited: number[];
let served: Served;
let elb: ElasticLoadBalancingV2Client;
let handle: ReturnType<typeof makeHandler>;

beforeEach(async () => {
  model.rules.clear();
  owner = null;
  writes = 0;
  const operations = elbv2(
    model,
    () => writes++,
    [LISTENER, OTHER_LISTENER].map((arn) => ({ arn, port: 443, protocol: 'HTTPS', defaultActions: TO_STABLE })),
  );
  served = await serve({ query: { '2015-12-01': { service: 'elasticloadbalancing', operations } } });
  elb = new ElasticLoadBalancingV2Client(served.client);
  waited = [];
  const clock = { sleep: async (ms: number) => void waited.push(ms) };
  handle = makeHandler({ elb, owner: async () => owner, clock, ingressId: 'gateway' });
});
afterEach(async () => {
  elb.destroy();
  await served.stop();
});

interface Properties {
  readonly ListenerArn: string;
  readonly Priority: string;
  readonly Methods: readonly string[];
  readonly Paths?: readonly string[];
  readonly Hosts?: readonly string[];
  readonly LikeRuleArn?: string;
  readonly StableArn: string;
  readonly GroupArns: readonly string[];
  readonly Ledger?: string;
}

/** Properties as CloudFormation passes them: every number is a string. */
const PROPERTIES: Properties = {
  ListenerArn: LISTENER,
  Priority: '10',
  Methods: ['GET'],
  Paths: ['/*'],
  StableArn: stable,
  GroupArns: [stable, candidate, mirror],
};

const create = async (props = PROPERTIES) =>
  (await handle({ RequestType: 'Create', ResourceProperties: props })).PhysicalResourceId;
const update = (id: string, props: Properties, old = PROPERTIES) =>
  handle({ RequestType: 'Update', PhysicalResourceId: id, ResourceProperties: props, OldResourceProperties: old });
const remove = (id: string, props = PROPERTIES) =>
  handle({ RequestType: 'Delete', PhysicalResourceId: id, ResourceProperties: props });
const ruleOf = async (arn: string) => (await elb.send(new DescribeRulesCommand({ RuleArns: [arn] }))).Rules?.[0];
const weightsOf = async (arn: string) =>
  (await ruleOf(arn))?.Actions?.[0]?.ForwardConfig?.TargetGroups?.map((g) => g.Weight);
const shift = (arn: string, weights: readonly number[], groups = PROPERTIES.GroupArns) =>
  elb.send(
    new ModifyRuleCommand({
      RuleArn: arn,
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: groups.map((TargetGroupArn, i) => ({ TargetGroupArn, Weight: weights[i] ?? 0 })),
          },
        },
      ],
    }),
  );
const owned = (status: Lease['status']) => {
  owner = lease({ status });
};

describe('a weighted rule that is created', () => {
  it('gives the stable side everything, and names every group', async () => {
    const arn = await create();
    expect(await weightsOf(arn)).toEqual([100, 0, 0]);
    expect((await ruleOf(arn))?.Actions?.[0]?.ForwardConfig?.TargetGroupStickinessConfig?.Enabled).toBe(false);
  });

  it('is taken over when an unanswered attempt has already made it', async () => {
    const arn = await create();
    expect(await create()).toBe(arn);
    expect(model.rules.size).toBe(1);
  });

  it('waits for a role that IAM does not know everywhere yet, and not for long', async () => {
    let refusals = 2;
    const refusing = {
      send: (command: never) =>
        refusals-- > 0 ? Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })) : elb.send(command),
    };
    const clock = { sleep: async (ms: number) => void waited.push(ms) };
    const handler = makeHandler({ elb: refusing as never, owner: async () => owner, clock, ingressId: 'gateway' });
    await handler({ RequestType: 'Create', ResourceProperties: PROPERTIES });
    expect(model.rules.size).toBe(1);
    expect(waited).toEqual([2_000, 4_000]);
    refusals = Infinity;
    await expect(handler({ RequestType: 'Create', ResourceProperties: PROPERTIES })).rejects.toThrow('no');
    expect(waited.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(40_000);
  });

  it("is refused at a priority where somebody else's rule stands", async () => {
    await create({ ...PROPERTIES, Paths: ['/theirs'] });
    await expect(create()).rejects.toMatchObject({ name: 'PriorityInUseException' });
  });

  it.each([
    ['Priority', { ...PROPERTIES, Priority: '0' }],
    ['GroupArns', { ...PROPERTIES, GroupArns: [stable] }],
  ])('names the property that is wrong: %s', async (field, props) => {
    await expect(create(props)).rejects.toThrow(field);
    expect(model.rules.size).toBe(0);
  });
});

describe('a weighted rule before the rules of others', () => {
  const login = {
    Type: 'authenticate-cognito' as const,
    Order: 1,
    AuthenticateCognitoConfig: { UserPoolArn: 'pool', UserPoolClientId: 'client', UserPoolDomain: 'shop' },
  };
  const theirs = async (group: string, Conditions: RuleCondition[], guard: Action[] = []) => {
    const Actions = [
      ...guard,
      {
        Type: 'forward' as const,
        Order: guard.length + 1,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }] },
      },
    ];
    const { Rules } = await elb.send(
      new CreateRuleCommand({ ListenerArn: LISTENER, Priority: 50, Conditions, Actions }),
    );
    return Rules?.[0]?.RuleArn ?? '';
  };
  const host = { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example'] } };

  it('is not made where it would skip a login', async () => {
    await theirs(stable, [host], [login]);
    await expect(create()).rejects.toMatchObject({
      name: 'Crossfade.RuleRefused',
      message: expect.stringMatching(/priority 50 \(host shop\.example\) demands authenticate-cognito first/),
    });
    expect(model.rules.size).toBe(1);
  });

  it('is not made where it would take another host over', async () => {
    await theirs(fresh, [host]);
    await expect(create()).rejects.toThrow(/forwards to target group/);
    expect(model.rules.size).toBe(1);
  });

  it('is made beside them when its own conditions keep to its host', async () => {
    await theirs(fresh, [host], [login]);
    const arn = await create({ ...PROPERTIES, Hosts: ['api.example'] });
    expect((await ruleOf(arn))?.Conditions).toContainEqual(
      expect.objectContaining({ Field: 'host-header', HostHeaderConfig: { Values: ['api.example'] } }),
    );
  });

  it('copies the conditions and the login of the rule that it is told to be like, and every write of weights leaves them', async () => {
    const LikeRuleArn = await theirs(stable, [host], [login]);
    const { Paths: _paths, ...copied } = { ...PROPERTIES, LikeRuleArn };
    const arn = await create(copied);
    const guardOf = async () =>
      (await ruleOf(arn))?.Actions?.map((a) => [a.Type, a.AuthenticateCognitoConfig?.UserPoolArn]);
    expect(await guardOf()).toEqual([
      ['authenticate-cognito', 'pool'],
      ['forward', undefined],
    ]);
    expect((await ruleOf(arn))?.Conditions?.map((c) => c.Field).sort()).toEqual(['host-header', 'http-request-method']);
    const deployment = deploymentSchema.parse({
      ...DEPLOYMENT,
      rules: [{ arn, roles: ['stable', 'candidate', 'mirrorForward'], guarded: true }],
    });
    const groups = [stable, candidate, mirror].map((targetGroupArn, i) => ({
      targetGroupArn,
      weight: [90, 10, 0][i] ?? 0,
    }));
    await elbIngress(elb, deployment).write(ruleWeightsSchema.parse({ ruleArn: arn, groups, sticky: false }));
    expect(await guardOf()).toEqual([
      ['authenticate-cognito', 'pool'],
      ['forward', undefined],
    ]);
    expect(await update(arn, copied, copied)).toMatchObject({ PhysicalResourceId: arn });
  });

  it('copies no login whose secret AWS keeps', async () => {
    const config = {
      Issuer: 'i',
      AuthorizationEndpoint: 'a',
      TokenEndpoint: 't',
      UserInfoEndpoint: 'u',
      ClientId: 'c',
      ClientSecret: 's',
    };
    const oidc = { Type: 'authenticate-oidc' as const, Order: 1, AuthenticateOidcConfig: config };
    const LikeRuleArn = await theirs(stable, [host], [oidc]);
    await expect(create({ ...PROPERTIES, LikeRuleArn })).rejects.toThrow(/client secret/);
  });

  it('is not made over groups that keep customers by a cookie of their own', async () => {
    const group = model.targetGroups.get(candidate);
    if (group === undefined) throw new Error('no candidate');
    model.targetGroups.set(candidate, { ...group, attributes: { 'stickiness.enabled': 'true' } });
    await expect(create()).rejects.toThrow(/target stickiness/);
    model.targetGroups.set(candidate, group);
  });
});

describe('a weighted rule that is updated', () => {
  it('keeps live weights and is not even written when its properties are the same', async () => {
    const arn = await create();
    await shift(arn, [90, 10, 0]);
    writes = 0;
    expect((await update(arn, PROPERTIES)).Data.RuleArn).toBe(arn);
    expect(writes).toBe(0);
    expect(await weightsOf(arn)).toEqual([90, 10, 0]);
  });

  it('takes a new group in at weight 0', async () => {
    const arn = await create();
    await shift(arn, [90, 10, 0]);
    await update(arn, { ...PROPERTIES, GroupArns: [...PROPERTIES.GroupArns, fresh] });
    expect(await weightsOf(arn)).toEqual([90, 10, 0, 0]);
  });

  it('retires a group that carries nothing', async () => {
    const arn = await create();
    await shift(arn, [90, 10, 0]);
    await update(arn, { ...PROPERTIES, GroupArns: [stable, candidate] });
    expect(await weightsOf(arn)).toEqual([90, 10]);
  });

  it.each([10, 1])('refuses to retire a group that carries %d %%, and says what to do', async (weight) => {
    const arn = await create();
    await shift(arn, [100 - weight, weight, 0]);
    await expect(update(arn, { ...PROPERTIES, GroupArns: [stable, mirror] })).rejects.toThrow(
      new RegExp(`g2.*weight ${weight}\\).*Traffic: unchanged.*crossfade rollback`, 's'),
    );
    expect(await weightsOf(arn)).toEqual([100 - weight, weight, 0]);
  });

  it('moves to another priority with the weights that it has', async () => {
    const arn = await create();
    await shift(arn, [0, 100, 0]);
    await update(arn, { ...PROPERTIES, Priority: '30' });
    expect((await ruleOf(arn))?.Priority).toBe('30');
    expect(await weightsOf(arn)).toEqual([0, 100, 0]);
  });

  it('keeps stickiness that somebody switched on, with its duration', async () => {
    const arn = await create();
    await elb.send(
      new ModifyRuleCommand({
        RuleArn: arn,
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: PROPERTIES.GroupArns.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })),
              TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 90 },
            },
          },
        ],
      }),
    );
    await update(arn, { ...PROPERTIES, Methods: ['GET', 'HEAD'] });
    expect((await ruleOf(arn))?.Actions?.[0]?.ForwardConfig?.TargetGroupStickinessConfig).toMatchObject({
      Enabled: true,
      DurationSeconds: 90,
    });
  });

  it('is a new rule on another listener; the old one goes only when it carries no more than the stable side', async () => {
    const arn = await create();
    const moved = (await update(arn, { ...PROPERTIES, ListenerArn: OTHER_LISTENER })).PhysicalResourceId;
    expect(moved).not.toBe(arn);
    expect(await weightsOf(moved)).toEqual([100, 0, 0]);
    await remove(arn);
    expect([...model.rules.keys()]).toEqual([moved]);
  });

  it('is made again when somebody deleted it by hand', async () => {
    const arn = await create();
    await remove(arn);
    const again = (await update(arn, PROPERTIES)).PhysicalResourceId;
    expect(await weightsOf(again)).toEqual([100, 0, 0]);
  });
});

describe.each<Lease['status']>(['running', 'rolling_back'])('while a cutover is %s', (status) => {
  it('an update is refused, and the live weights stand', async () => {
    const arn = await create();
    await shift(arn, [50, 50, 0]);
    owned(status);
    writes = 0;
    const added = { ...PROPERTIES, GroupArns: [...PROPERTIES.GroupArns, fresh] };
    await expect(update(arn, added)).rejects.toMatchObject({ name: 'Crossfade.RuleKept' });
    expect(writes).toBe(0);
  });

  it('the rollback of that refused update succeeds without a write, so the stack is not stuck', async () => {
    const arn = await create();
    await shift(arn, [50, 50, 0]);
    owned(status);
    writes = 0;
    const added = { ...PROPERTIES, GroupArns: [...PROPERTIES.GroupArns, fresh] };
    await expect(update(arn, added)).rejects.toThrow();
    await expect(update(arn, PROPERTIES, added)).resolves.toMatchObject({ PhysicalResourceId: arn });
    expect(writes).toBe(0);
    expect(await weightsOf(arn)).toEqual([50, 50, 0]);
  });

  it('a delete is refused even when the stable side has everything', async () => {
    const arn = await create();
    owned(status);
    await expect(remove(arn)).rejects.toThrow(/is not deleted before it has ended/);
    expect(model.rules.size).toBe(1);
  });
});

describe('a stack that exchanges the sides, or forgets its ledger', () => {
  const exchanged: Properties = { ...PROPERTIES, StableArn: candidate, GroupArns: [candidate, stable, mirror] };
  const runs = (status: Lease['status'], stableGroup: string | null = stable) => {
    owner = lease({ status, stableGroup: stableGroup as Lease['stableGroup'] });
  };

  it.each<[Lease['status'], readonly number[]]>([
    ['running', [100, 0, 0]],
    ['running', [90, 10, 0]],
    ['running', [50, 50, 0]],
    ['running', [0, 100, 0]],
    ['rolling_back', [50, 50, 0]],
  ])('is refused while a cutover is %s at %j, and taken back without a write', async (status, weights) => {
    const arn = await create();
    await shift(arn, weights);
    runs(status);
    writes = 0;
    await expect(update(arn, exchanged)).rejects.toThrow(
      /not changed: cutover one is .*began with .*g1.* as the stable group.*Traffic: unchanged/s,
    );
    await expect(update(arn, PROPERTIES, exchanged)).resolves.toMatchObject({ PhysicalResourceId: arn });
    expect(writes).toBe(0);
  });

  it.each<Lease['status'] | 'none'>(['none', 'rolled_back'])(
    'is refused where customers are on the stable side and no cutover runs (%s): the watchdog would move them all',
    async (status) => {
      const arn = await create();
      if (status !== 'none') runs(status);
      await expect(update(arn, exchanged)).rejects.toThrow(
        /would make .*g2\/1 the stable group.*Next: name the group that serves customers.*stable/s,
      );
      await expect(update(arn, PROPERTIES, exchanged)).resolves.toMatchObject({ PhysicalResourceId: arn });
      expect(await weightsOf(arn)).toEqual([100, 0, 0]);
    },
  );

  it('is what ends a completed cutover, and may be taken back when the deploy fails for another reason', async () => {
    const arn = await create();
    await shift(arn, [0, 999, 0]);
    runs('completed');
    await expect(update(arn, exchanged)).resolves.toMatchObject({ PhysicalResourceId: arn });
    await expect(update(arn, PROPERTIES, exchanged)).resolves.toMatchObject({ PhysicalResourceId: arn });
    expect(await weightsOf(arn)).toEqual([0, 999, 0]);
  });

  const inLedger = (Ledger: string): Properties => ({ ...PROPERTIES, Ledger });

  it.each([[[90, 10, 0]], [[95, 0, 5]], [[0, 100, 0]]])(
    'keeps its ledger while the weights are those of a run that the other one does not know: %j',
    async (weights) => {
      const arn = await create(inLedger('one'));
      await shift(arn, weights);
      await expect(update(arn, inLedger('two'), inLedger('one'))).rejects.toThrow(
        /ledger two knows no run.*ledger one.*Traffic: unchanged/s,
      );
      runs('running');
      await expect(update(arn, inLedger('one'), inLedger('two'))).resolves.toMatchObject({ PhysicalResourceId: arn });
      expect(await weightsOf(arn)).toEqual(weights);
    },
  );

  it.each([[[100, 0, 0]], [[0, 999, 0]]])('takes another ledger at rest: %j', async (weights) => {
    const arn = await create(inLedger('one'));
    await shift(arn, weights);
    await expect(update(arn, inLedger('two'), inLedger('one'))).resolves.toMatchObject({ PhysicalResourceId: arn });
  });

  it('says nothing of a ledger that an earlier version did not name', async () => {
    const arn = await create();
    await shift(arn, [90, 10, 0]);
    await expect(update(arn, inLedger('two'))).resolves.toMatchObject({ PhysicalResourceId: arn });
  });
});

describe('a weighted rule that is deleted', () => {
  it('goes when the stable side has everything', async () => {
    const arn = await create();
    owned('rolled_back');
    await remove(arn);
    expect(model.rules.size).toBe(0);
  });

  it.each<Lease['status']>(['rolled_back', 'completed'])(
    'stays while the candidate carries traffic (%s)',
    async (status) => {
      const arn = await create();
      await shift(arn, [0, 100, 0]);
      owned(status);
      await expect(remove(arn)).rejects.toThrow(/g2.*carries traffic/);
      expect(model.rules.size).toBe(1);
    },
  );

  it('is no error when the rule is gone, or was never made', async () => {
    const arn = await create();
    await remove(arn);
    await expect(remove(arn)).resolves.toMatchObject({ PhysicalResourceId: arn });
    await expect(remove('failed-to-create')).resolves.toMatchObject({ PhysicalResourceId: 'failed-to-create' });
  });
});

describe('a cutover that begins while a stack works on its rule', () => {
  /** Returns a handler for which nobody owns the ingress at the first check, and a run does at the second. */
  const taken = () => {
    const owners: (Lease | null)[] = [null];
    return makeHandler({
      elb,
      owner: async () => (owners.length > 0 ? (owners.pop() ?? null) : lease()),
      clock: { sleep: async () => {} },
      ingressId: 'gateway',
    });
  };

  it('keeps it from being updated', async () => {
    const arn = await create();
    writes = 0;
    const added = { ...PROPERTIES, GroupArns: [...PROPERTIES.GroupArns, fresh] };
    const event = { PhysicalResourceId: arn, ResourceProperties: added, OldResourceProperties: PROPERTIES };
    await expect(taken()({ RequestType: 'Update', ...event })).rejects.toMatchObject({ name: 'Crossfade.RuleKept' });
    expect(writes).toBe(0);
  });

  it('keeps it from being deleted', async () => {
    const arn = await create();
    writes = 0;
    const event = { PhysicalResourceId: arn, ResourceProperties: PROPERTIES };
    await expect(taken()({ RequestType: 'Delete', ...event })).rejects.toMatchObject({ name: 'Crossfade.RuleKept' });
    expect(writes).toBe(0);
  });
});
