/**
 * Each check of the doctor, run by the command itself against the local cloud of the reference application: green at
 * first, and red after its owner breaks something.
 */
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  PutAlarmMuteRuleCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startCloud } from '../../rehearsal/cloud/cloud.ts';
import { LocalAlarm } from '../../rehearsal/cloud/cloudwatch/alarms.ts';
import type { TargetGroupModel } from '../../rehearsal/machine/world.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { listen, stop } from '../support/http.ts';

/** Every check that the doctor makes after the deploy. */
const CHECKS = [
  'listener',
  'desync mitigation',
  'authentication',
  'shadowed rules',
  'rule',
  'target group',
  'protocol version',
  'stickiness',
  'target health',
  'service',
  'scheduled scaling',
  'owner',
  'alarm',
  'notice',
  'function version',
  'right',
  'quota',
  'runbook',
  'clock',
];

interface Answer {
  readonly worst: string;
  readonly diagnoses: readonly {
    readonly check: string;
    readonly level: string;
    readonly why: string;
    readonly mend: string | null;
  }[];
}

describe('the doctor, over the local cloud', () => {
  let cloud: LocalCloud;
  let page: Server;
  let pageUrl: string;
  let environment: Record<string, string>;
  let pageStatus = 200;
  const folder = temporaryFolder();
  /** `service.operation` of every call that the doctor makes. */
  const called = new Set<string>();
  let denied = '';
  /** True while the owner changes the account, so that these calls are not counted as the doctor's. */
  let byOwner = false;
  const intercept = (service: string, operation: string) => {
    if (cloud !== undefined && !byOwner) called.add(`${service}.${operation}`);
    return `${service}.${operation}` === denied ? 'deny' : null;
  };
  /** Changes to undo before the next case. */
  const undo: (() => unknown)[] = [];

  beforeAll(async () => {
    page = createServer((_req, res) => res.writeHead(pageStatus).end());
    pageUrl = await listen(page);
    cloud = await startCloud({ assembly: await sharedAssembly(), speed: 1, onEvent: () => {}, intercept });
    environment = { ...cloud.environment, AWS_ENDPOINT_URL: cloud.url };
    for (const group of cloud.model.targetGroups.values())
      for (const port of [1, 2]) group.targets.push({ host: '127.0.0.1', port, health: 'healthy' });
    const cloudWatch = new CloudWatchClient(client());
    for (const AlarmName of cloud.alarms.keys())
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'the case begins' }));
    cloudWatch.destroy();
    called.clear();
    withRunbook(pageUrl);
    topic().confirmed = 1;
  });
  afterAll(async () => {
    await stop(page);
    await cloud.stop();
  });
  beforeEach(async () => {
    pageStatus = 200;
    denied = '';
    for (const each of undo.splice(0).reverse()) await each();
  });

  const client = () => ({
    endpoint: cloud.url,
    region: 'local-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const topic = () => {
    const found = cloud.account.topics.get(cloud.deployment.topicArn ?? '');
    if (found === undefined) throw new RangeError('the assembly has no status topic');
    return found;
  };
  const firstAlarm = () => cloud.deployment.rollbackAlarms[0] ?? '';
  function alarm(name: string): LocalAlarm {
    const found = cloud.alarms.get(name);
    if (found === undefined) throw new RangeError(`no alarm ${name}`);
    return found;
  }
  function mapOf<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
    if (!(map instanceof Map)) throw new RangeError('not a map');
    return map;
  }
  function withRunbook(url: string): void {
    const old = alarm(firstAlarm());
    const described = new LocalAlarm({ ...old.properties, AlarmDescription: `Runbook: ${url}` });
    described.set('OK', 'the case begins');
    mapOf(cloud.alarms).set(firstAlarm(), described);
  }
  /** Sets an entry for one case, or removes it if `value` is undefined. */
  function spoil<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): void {
    const entries = mapOf(map);
    const old = entries.get(key);
    undo.push(() => void (old === undefined ? entries.delete(key) : entries.set(key, old)));
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  function change<T extends object>(of: T, over: Partial<T>): void {
    const old = { ...of };
    undo.push(() => {
      for (const key of Object.keys(over)) Reflect.deleteProperty(of, key);
      Object.assign(of, old);
    });
    Object.assign(of, over);
  }
  const candidate = () => cloud.deployment.targetGroups.candidate.arn;
  function group(over: Partial<TargetGroupModel>): void {
    const found = cloud.model.targetGroups.get(candidate());
    if (found !== undefined) spoil(cloud.model.targetGroups, candidate(), { ...found, ...over });
  }
  function anotherRule(over: object = {}): void {
    const [own] = cloud.model.rules.values();
    if (own === undefined) throw new RangeError('no rule');
    const arn = `${own.arn.slice(0, own.arn.lastIndexOf('/'))}/others`;
    const forward = {
      groups: [{ targetGroupArn: candidate(), weight: 1 }],
      stickiness: { enabled: false, durationSeconds: 0 },
    };
    spoil(cloud.model.rules, arn, { arn, priority: 40_000, conditions: { paths: ['/*'] }, forward, ...over });
  }
  const stableService = () => {
    const found = cloud.services.find(({ name }) => name === cloud.deployment.services?.stable.service);
    if (found === undefined) throw new RangeError('no stable service');
    return found;
  };
  function roleOf(handler: string) {
    const fn = [...cloud.lambda.functions.values()].find(({ spec }) => spec.name.includes(handler));
    const role = cloud.account.roles.get(fn?.spec.roleArn?.split('/').at(-1) ?? '');
    if (role === undefined) throw new RangeError(`no role of ${handler}`);
    return role;
  }
  function roleThatMay(action: string) {
    const role = [...cloud.account.roles.values()].find(({ policies }) =>
      [...policies.values()].some((policy) => JSON.stringify(policy).includes(`"${action}"`)),
    );
    if (role === undefined) throw new RangeError(`no role may do ${action}`);
    return role;
  }

  async function doctor(...args: readonly string[]): Promise<Answer & { readonly code: number }> {
    const { code, stdout, stderr } = await crossfade(['doctor', '--json', ...args], environment);
    expect(stderr).toBe('');
    const answer: Answer = JSON.parse(stdout);
    return { ...answer, code };
  }

  it('finds every check in order on an account in which nothing is wrong, with exit code 0', async () => {
    const { code, worst, diagnoses } = await doctor();
    expect(diagnoses.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect([code, worst]).toEqual([0, 'ok']);
    expect(new Set(diagnoses.map(({ check }) => check))).toEqual(new Set(CHECKS));
    const ofCutover = [...cloud.lambda.functions.values()].filter(
      ({ spec: { environment } }) => environment.CROSSFADE_DEPLOYMENT ?? environment.CROSSFADE_INGRESS,
    );
    expect(ofCutover.some(({ spec }) => spec.name.includes('RuleProvider'))).toBe(true);
    expect(diagnoses.filter(({ check }) => check === 'right')).toHaveLength(ofCutover.length);
  });

  const CASES: readonly [string, string, 'warn' | 'fail', () => void | Promise<void>, RegExp][] = [
    [
      'a login that our rules go before',
      'authentication',
      'fail',
      () =>
        anotherRule({ guards: [{ Type: 'authenticate-cognito', AuthenticateCognitoConfig: { UserPoolArn: 'pool' } }] }),
      /demands authenticate-cognito first/,
    ],
    [
      'a load balancer that passes on what two servers may read in two ways',
      'desync mitigation',
      'warn',
      () => change(cloud.model, { attributes: { 'routing.http.desync_mitigation_mode': 'monitor' } }),
      /desync mitigation is monitor/,
    ],
    ['another service behind our rules', 'shadowed rules', 'fail', () => anotherRule(), /forwards to target group/],
    [
      'a rule of others before ours',
      'shadowed rules',
      'warn',
      () => anotherRule({ priority: 1, conditions: { paths: ['/admin/*'] } }),
      /goes before ours/,
    ],
    [
      'a rule of the cutover that was deleted',
      'rule',
      'fail',
      () => spoil(cloud.model.rules, cloud.deployment.rules[0]?.arn ?? '', undefined),
      /does not exist/,
    ],
    [
      'a group of another load balancer',
      'target group',
      'fail',
      () => group({ loadBalancerArn: 'arn:other' }),
      /belongs to another load balancer/,
    ],
    [
      'a group that is gone',
      'target group',
      'fail',
      () => spoil(cloud.model.targetGroups, candidate(), undefined),
      /There is no target group/,
    ],
    [
      'another protocol version',
      'protocol version',
      'fail',
      () => group({ protocolVersion: 'HTTP2' }),
      /candidate speaks HTTP2/,
    ],
    [
      'sticky targets',
      'stickiness',
      'fail',
      () => group({ attributes: { 'stickiness.enabled': 'true' } }),
      /target stickiness/,
    ],
    ['no healthy target', 'target health', 'fail', () => group({ targets: [] }), /candidate has no healthy target/],
    [
      'an unhealthy target',
      'target health',
      'warn',
      () =>
        group({
          targets: [
            { host: 'a', port: 1, health: 'healthy' },
            { host: 'b', port: 1, health: 'unhealthy' },
          ],
        }),
      /1 unhealthy/,
    ],
    ['a service that is not steady', 'service', 'warn', () => change(stableService(), { running: 1 }), /runs 1 of/],
    ['a service that drains', 'service', 'fail', () => change(stableService(), { status: 'DRAINING' }), /is DRAINING/],
    [
      'scheduled scaling',
      'scheduled scaling',
      'warn',
      () => spoil(cloud.account.scheduled, `service/${stableService().cluster}/${stableService().name}`, ['night']),
      /night/,
    ],
    ['CodeDeploy', 'owner', 'fail', () => change(stableService(), { controller: 'CODE_DEPLOY' }), /CodeDeploy owns/],
    ['ECS blue/green', 'owner', 'fail', () => change(stableService(), { strategy: 'BLUE_GREEN' }), /BLUE_GREEN/],
    [
      'the Load Balancer Controller',
      'owner',
      'fail',
      () => spoil(cloud.account.tags, candidate(), { 'elbv2.k8s.aws/cluster': 'prod' }),
      /Load Balancer Controller/,
    ],
    [
      'Terraform',
      'owner',
      'warn',
      () => spoil(cloud.account.tags, cloud.model.arn, { managed_by: 'terraform' }),
      /Terraform/,
    ],
    [
      'an alarm that was deleted',
      'alarm',
      'fail',
      () => spoil(cloud.alarms, cloud.deployment.rollbackAlarms[1] ?? '', undefined),
      /does not exist/,
    ],
    ['a red alarm', 'alarm', 'fail', () => setAlarm('ALARM'), /is in ALARM/],
    ['an alarm without data', 'alarm', 'warn', () => setAlarm('INSUFFICIENT_DATA'), /no data yet/],
    [
      'an alarm that is muted',
      'alarm',
      'fail',
      () => mute(cloud.deployment.rollbackAlarms[1] ?? ''),
      /is muted by night/,
    ],
    ['an alarm whose actions are off', 'alarm', 'fail', () => disable(), /disabled/],
    [
      'a topic that alarms may not publish to',
      'notice',
      'fail',
      () => change(topic(), { policy: { Statement: [] } }),
      /does not let CloudWatch publish/,
    ],
    [
      'a key that alarms may not use',
      'notice',
      'fail',
      () => spoil(cloud.account.keys, topic().keyArn ?? '', { Statement: [] }),
      /topic’s key/,
    ],
    [
      'nobody who has subscribed',
      'notice',
      'fail',
      () => change(topic(), { confirmed: 0 }),
      /nobody would be notified/,
    ],
    [
      'a subscription that waits',
      'notice',
      'warn',
      () => change(topic(), { pending: 2 }),
      /2 unconfirmed subscriptions/,
    ],
    [
      'a topic that is gone',
      'notice',
      'fail',
      () => spoil(cloud.account.topics, cloud.deployment.topicArn ?? '', undefined),
      /There is no topic/,
    ],
    [
      'a function version that is gone',
      'function version',
      'fail',
      () =>
        spoil(
          cloud.lambda.functions,
          [...cloud.lambda.functions.keys()].find((name) => name.includes('shift')) ?? '',
          undefined,
        ),
      /shift.* does not exist/,
    ],
    [
      'a boundary that takes a right away',
      'right',
      'fail',
      () =>
        change(roleOf('shift'), {
          boundary: boundary({ Action: 'dynamodb:*' }),
        }),
      /may not do elasticloadbalancing:ModifyRule/,
    ],
    [
      'a boundary that takes a right away that is granted under a condition',
      'right',
      'fail',
      () => change(roleThatMay('events:PutEvents'), { boundary: boundary({ NotAction: 'events:PutEvents' }) }),
      /may not do events:PutEvents/,
    ],
    [
      'a right whose condition no request could be made up for',
      'right',
      'warn',
      () => {
        const { policies } = roleThatMay('events:PutEvents');
        const [name = ''] = policies.keys();
        const text = JSON.stringify(policies.get(name));
        spoil(policies, name, JSON.parse(text.replace('"StringEquals"', '"StringNotEquals"')));
      },
      /1 more cannot be simulated, because they are granted by wildcards or under conditions/,
    ],
    [
      'a role that lost its policy',
      'right',
      'fail',
      () => {
        const { policies } = roleOf('watchdog');
        spoil(policies, [...policies.keys()][0] ?? '', undefined);
      },
      /has no policy/,
    ],
    [
      'a role whose managed policy was detached: no logs, and so no metrics',
      'right',
      'fail',
      () => {
        const { attached } = roleOf('watch');
        spoil(attached, [...attached.keys()][0] ?? '', undefined);
      },
      /may not do logs:PutLogEvents on arn:aws:logs:/,
    ],
    [
      'a managed policy of which a boundary takes a part away',
      'right',
      'fail',
      () => {
        const role = roleOf('shift');
        const Statement = { Effect: 'Allow', Action: 'events:PutEvents', Resource: '*' };
        spoil(role.attached, 'arn:aws:iam::123456789012:policy/tell', { Version: '2012-10-17', Statement });
        change(role, { boundary: boundary({ NotAction: 'events:PutEvents' }) });
      },
      /may not do events:PutEvents on \*/,
    ],
    [
      'a managed policy with a wildcard',
      'right',
      'warn',
      () => {
        const Statement = { Effect: 'Allow', Action: 'events:*', Resource: '*' };
        spoil(roleOf('shift').attached, 'arn:aws:iam::123456789012:policy/tell', { Version: '2012-10-17', Statement });
      },
      /1 more cannot be simulated/,
    ],
    [
      'a boundary of the role that makes the rules',
      'right',
      'fail',
      () => change(roleOf('RuleProvider'), { boundary: boundary({ NotAction: 'elasticloadbalancing:CreateRule' }) }),
      /may not do elasticloadbalancing:CreateRule/,
    ],
    [
      'too many rules',
      'quota',
      'fail',
      () => spoil(cloud.account.limits, 'rules-per-application-load-balancer', 1),
      /rules of the load balancer: \d of 1/,
    ],
    [
      'too many targets',
      'quota',
      'warn',
      () => spoil(cloud.account.limits, 'targets-per-application-load-balancer', 9),
      /targets of the load balancer: 8 of 9/,
    ],
    [
      'a limit that nobody tells',
      'quota',
      'warn',
      () => spoil(cloud.account.limits, 'target-groups-per-application-load-balancer', undefined),
      /could not be read/,
    ],
    [
      'a Lambda concurrency of a new account',
      'quota',
      'fail',
      () => change(cloud.account, { unreservedConcurrency: 10 }),
      /20 of 10/,
    ],
    [
      'a runbook that is gone',
      'runbook',
      'warn',
      () => {
        pageStatus = 404;
      },
      /answers 404/,
    ],
  ];

  function setAlarm(state: 'ALARM' | 'INSUFFICIENT_DATA'): void {
    const name = cloud.deployment.rollbackAlarms[1] ?? '';
    const red = new LocalAlarm(alarm(name).properties);
    red.set(state, 'the case');
    spoil(cloud.alarms, name, red);
  }
  /** A permissions boundary that allows only `Action`, or everything except `NotAction`. */
  const boundary = (of: { readonly Action: string } | { readonly NotAction: string }) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...of, Resource: '*' }],
  });
  async function mute(AlarmName: string): Promise<void> {
    const cloudWatch = new CloudWatchClient(client());
    const asOwner = async (change: () => Promise<unknown>) => {
      byOwner = true;
      await change();
      byOwner = false;
    };
    const Expression = `at(${new Date(cloud.clock.now() - 60_000).toISOString().slice(0, 16)})`;
    const Rule = { Schedule: { Expression, Duration: 'PT1H' } };
    const put = new PutAlarmMuteRuleCommand({ Name: 'night', Rule, MuteTargets: { AlarmNames: [AlarmName] } });
    await asOwner(() => cloudWatch.send(put));
    const remove = new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: 'night' });
    undo.push(() => asOwner(() => cloudWatch.send(remove)));
  }
  async function disable(): Promise<void> {
    const name = cloud.deployment.rollbackAlarms[1] ?? '';
    const off = new LocalAlarm({ ...alarm(name).properties, ActionsEnabled: false });
    off.set('OK', 'the case');
    spoil(cloud.alarms, name, off);
  }

  it.each(CASES)('finds %s', async (_what, check, level, spoilIt, says) => {
    await spoilIt();
    const { code, diagnoses } = await doctor();
    const own = diagnoses.filter((d) => d.check === check && d.level !== 'ok');
    expect(own.map((d) => d.level)).toContain(level);
    expect(own.map(({ why }) => why).join('\n')).toMatch(says);
    for (const { mend } of own) expect(mend).toMatch(/\w/);
    expect(code).toBe(diagnoses.some((d) => d.level === 'fail') ? 1 : 0);
  });

  describe('given a plan with alarms of its own', () => {
    const arnOf = (name: string, account = '000000000000') => `arn:aws:cloudwatch:local-1:${account}:alarm:${name}`;
    const planWith = (...alarms: string[]) =>
      folder.file(JSON.stringify({ alarms, stages: [{ percent: 100, bake: 'PT15M' }] }), 'plan.json');
    /** Adds an alarm that the shop's owner has created. */
    function shopAlarm(state: 'OK' | 'ALARM'): void {
      const own = new LocalAlarm({ ...alarm(firstAlarm()).properties, AlarmName: 'shop-orders' });
      own.set(state, 'the case');
      spoil(cloud.alarms, 'shop-orders', own);
    }
    const ofShop = ({ diagnoses }: Answer) => diagnoses.filter(({ why }) => why.includes('shop-orders'));

    it.each([
      ['is OK', 'ok', 0],
      ['is red', 'fail', 1],
      ['does not exist', 'fail', 1],
    ])('says of one that %s: %s', async (what, level, code) => {
      if (what !== 'does not exist') shopAlarm(what === 'is OK' ? 'OK' : 'ALARM');
      const answer = await doctor('--plan', await planWith(arnOf('shop-orders')));
      expect(ofShop(answer).map((d) => [d.check, d.level])).toEqual([['alarm', level]]);
      expect(answer.code).toBe(code);
    });

    it('says nothing of it without the plan', async () => {
      shopAlarm('ALARM');
      expect(ofShop(await doctor())).toEqual([]);
    });

    it('does not take one of another account for its own: exit code 2', async () => {
      const plan = await planWith(arnOf('shop-orders', '999900001111'));
      const { code, stderr } = await crossfade(['doctor', '--plan', plan], environment);
      expect(code).toBe(2);
      expect(stderr).toContain('is in account 999900001111');
    });
  });

  it('finds a listener that is not there', async () => {
    const rules = cloud.deployment.rules.map((rule) => ({
      ...rule,
      arn: rule.arn.replace('/0000000000000002/', '/0000000000000009/'),
    }));
    const file = join(folder.path, 'elsewhere.json');
    await writeFile(file, JSON.stringify({ ...cloud.deployment, rules }));
    const { code, stdout } = await crossfade(['doctor', '--deployment', file], environment);
    expect(stdout).toMatch(/FAIL {2}listener +There is no listener/);
    expect(code).toBe(1);
  });

  it.each([
    ['elasticloadbalancing', 'DescribeRules'],
    ['elasticloadbalancing', 'DescribeTags'],
    ['elasticloadbalancing', 'DescribeAccountLimits'],
    ['cloudwatch', 'DescribeAlarms'],
    ['iam', 'SimulatePrincipalPolicy'],
    ['kms', 'GetKeyPolicy'],
    ['lambda', 'GetAccountSettings'],
    ['lambda', 'GetFunctionConfiguration'],
    ['sns', 'GetTopicAttributes'],
    ['states', 'DescribeStateMachine'],
    ['ecs', 'DescribeServices'],
    ['sts', 'GetCallerIdentity'],
  ])('says in one sentence that it may not look, where %s %s is denied: exit code 2', async (service, operation) => {
    denied = `${service}.${operation}`;
    const { code, stdout, stderr } = await crossfade(['doctor'], environment);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/may not look: .*not authorized.* Nothing was changed\. Next: /);
  });

  it('says in one sentence that there are no credentials: exit code 2', async () => {
    const none = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const { code, stdout, stderr } = await crossfade(['doctor'], { ...environment, ...none });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/AWS credentials: none were found/);
  });

  it('has called nothing that changes anything, in all of these cases', () => {
    expect([...called].filter((name) => !/\.(Describe|Get|List|Simulate)\w+$/.test(name))).toEqual([]);
    expect(called.size).toBeGreaterThan(15);
  });

  it('has a red case for each check but those of their own: no listener, and a clock that is off, which moto tells', () => {
    const red = new Set(CASES.map(([, check]) => check));
    expect(CHECKS.filter((check) => !red.has(check))).toEqual(['listener', 'clock']);
  });
});
