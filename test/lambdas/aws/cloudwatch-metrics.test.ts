import {
  type CloudWatchClient,
  type GetMetricDataCommand,
  type GetMetricDataOutput,
  ListAlarmMuteRulesCommand,
  type MetricDataQuery,
  StatusCode,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { FOOTPRINT } from '../../../core/cost/index.ts';
import { UNKNOWN } from '../../../core/model/evidence.ts';
import { ingressIdSchema } from '../../../core/model/ids.ts';
import { cloudWatchAlarms } from '../../../lambdas/aws/cloudwatch/alarms.ts';
import { cloudWatchMetrics } from '../../../lambdas/aws/cloudwatch/metrics.ts';
import { mirrorCopies } from '../../../lambdas/aws/cloudwatch/mirror-copies.ts';
import { awsClient } from '../../support/aws-client.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

const NOW = Date.UTC(2026, 10, 24, 9);
const minute = (n: number) => NOW - n * 60_000;

/** A CloudWatch that answers as the test says, and records what it was asked. */
class Answering {
  readonly asked: GetMetricDataCommand['input'][] = [];
  readonly #answer: (input: GetMetricDataCommand['input'], call: number) => GetMetricDataOutput;

  constructor(answer: (input: GetMetricDataCommand['input'], call: number) => GetMetricDataOutput) {
    this.#answer = answer;
  }

  readonly client: Pick<CloudWatchClient, 'send'> = {
    send: async (command: { input: unknown }) => {
      const input = command.input as GetMetricDataCommand['input'];
      this.asked.push(input);
      return this.#answer(input, this.asked.length);
    },
  };
}

const points = (query: MetricDataQuery, values: Readonly<Record<number, number>>, status: StatusCode = 'Complete') => ({
  Id: query.Id,
  Timestamps: Object.keys(values).map((at) => new Date(Number(at))),
  Values: Object.values(values),
  StatusCode: status,
});

/** Answers every query with the same values. */
const each =
  (values: Readonly<Record<number, number>>, status?: StatusCode) =>
  ({ MetricDataQueries = [] }: GetMetricDataCommand['input']): GetMetricDataOutput => ({
    MetricDataResults: MetricDataQueries.map((q) => points(q, values, status)),
  });

describe('an observation’s evidence', () => {
  it('comes in one call for both sides, from the first whole minute of the stage to the newest that is believed', async () => {
    const cloud = new Answering(each({}));
    const began = minute(10) + 20_000;
    const minutes = await cloudWatchMetrics(cloud.client, DEPLOYMENT).minutes({ from: began, to: NOW + 29_000 }, 500);
    expect(cloud.asked).toHaveLength(1);
    expect(cloud.asked[0]).toMatchObject({ StartTime: new Date(minute(9)), EndTime: new Date(minute(1)) });
    expect(cloud.asked[0]?.MetricDataQueries?.map((q) => q.Id)).toEqual([
      ...['stable', 'candidate', 'mirrorForward', 'mirrorReverse'].flatMap((side) =>
        [
          'requests',
          'target5xx',
          'connectionErrors',
          'slow',
          'p95',
          'p99',
          'answered2XX',
          'answered3XX',
          'answered4XX',
        ].map((name) => `${side}_${name}`),
      ),
      'elb5xx',
      'loadBalancerRequests',
      'stableCopies',
      'stableCopyErrors',
    ]);
    expect(minutes.map((m) => m.minute)).toEqual([9, 8, 7, 6, 5, 4, 3, 2].map(minute));
    expect(minutes[0]).toEqual({ minute: minute(9), stable: null, candidate: null, mirror: null, elb5xx: 'unknown' });
  });

  it('is as many series as the bill counts, of a deployment with a mirror and of one without', async () => {
    const asked = async (deployment: typeof DEPLOYMENT) => {
      const cloud = new Answering(each({}));
      await cloudWatchMetrics(cloud.client, deployment).minutes({ from: minute(5), to: NOW }, 500);
      return cloud.asked[0]?.MetricDataQueries?.length;
    };
    const { stable, candidate } = DEPLOYMENT.targetGroups;
    expect(await asked(DEPLOYMENT)).toBe(FOOTPRINT.metricsPerLook.mirrored);
    expect(await asked({ ...DEPLOYMENT, targetGroups: { stable, candidate } })).toBe(FOOTPRINT.metricsPerLook.alone);
  });

  it.each([
    ['all requests have another answer', 1_000, 0],
    ['three have none', 997, 3],
    ['answers of the minute before are counted in it', 1_004, 0],
  ])('bounds an absent error point by what other answers leave: %s', async (_name, answered, atMost) => {
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) => {
        if (q.Id === 'stable_requests') return points(q, { [minute(3)]: 1_000 });
        return points(q, q.Id === 'stable_answered2XX' ? { [minute(3)]: answered } : {});
      }),
    }));
    const [first] = await cloudWatchMetrics(cloud.client, DEPLOYMENT).minutes({ from: minute(3), to: NOW }, 500);
    expect(first?.stable).toMatchObject({ target5xx: 'unknown', target5xxAtMost: atMost, answered });
  });

  it('has what stable answered of the reverse mirror’s copies, where it was asked: none that failed is a zero', async () => {
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) => {
        if (q.Id === 'stableCopies') return points(q, { [minute(4)]: 50, [minute(3)]: 40 });
        return points(q, q.Id === 'stableCopyErrors' ? { [minute(3)]: 2 } : {});
      }),
    }));
    const read = await cloudWatchMetrics(cloud.client, DEPLOYMENT).minutes({ from: minute(4), to: NOW }, 500);
    expect(read.map(({ stableCopies }) => stableCopies)).toEqual([
      { answered: 50, failed: 0 },
      { answered: 40, failed: 2 },
      undefined,
    ]);
    expect(cloud.asked[0]?.MetricDataQueries?.find((q) => q.Id === 'stableCopies')?.MetricStat?.Metric).toEqual({
      Namespace: 'Crossfade',
      MetricName: 'StableCopies',
      Dimensions: [{ Name: 'Ingress', Value: DEPLOYMENT.ingressId }],
    });
  });

  it('is asked for anew from the beginning, so that minutes that came late count', async () => {
    const late = new Answering((input, call) => each(call === 1 ? {} : { [minute(3)]: 7 })(input));
    const metrics = cloudWatchMetrics(late.client, DEPLOYMENT);
    expect((await metrics.minutes({ from: minute(3), to: NOW }, 500)).every((m) => m.candidate === null)).toBe(true);
    const [again] = await metrics.minutes({ from: minute(3), to: NOW + 60_000 }, 500);
    expect(again).toMatchObject({ minute: minute(3), candidate: { requests: 7 } });
  });

  it('puts the pages of a long stage together', async () => {
    const paged = new Answering((input, call) =>
      call === 1
        ? { ...each({ [minute(3)]: 1 }, 'PartialData')(input), NextToken: 'more' }
        : each({ [minute(2)]: 2 })(input),
    );
    const minutes = await cloudWatchMetrics(paged.client, DEPLOYMENT).minutes({ from: minute(3), to: NOW }, 500);
    expect(minutes.map((m) => m.stable?.requests)).toEqual([1, 2]);
    expect(paged.asked[1]).toMatchObject({ NextToken: 'more' });
  });

  it.each([StatusCode.INTERNAL_ERROR, StatusCode.PARTIAL_DATA, StatusCode.FORBIDDEN])(
    'is none when a series ends as %s: what did not come is no zero',
    async (status) => {
      const torn = new Answering(({ MetricDataQueries = [] }) => ({
        MetricDataResults: MetricDataQueries.map((q) =>
          points(q, { [minute(2)]: 1 }, q.Id === 'candidate_target5xx' ? status : 'Complete'),
        ),
      }));
      const asked = cloudWatchMetrics(torn.client, DEPLOYMENT).minutes({ from: minute(3), to: NOW }, 500);
      await expect(asked).rejects.toMatchObject({
        name: 'Crossfade.Transient',
        message: expect.stringContaining(`candidate_target5xx: ${status}`),
      });
    },
  );

  it('is none when the pages do not end', async () => {
    const endless = new Answering((input) => ({ ...each({})(input), NextToken: 'more' }));
    await expect(
      cloudWatchMetrics(endless.client, DEPLOYMENT).minutes({ from: minute(3), to: NOW }, 500),
    ).rejects.toMatchObject({ name: 'Crossfade.Transient' });
    expect(endless.asked).toHaveLength(10);
  });

  it('falls back to percentiles where trimmed counts are refused', async () => {
    const old = new Answering((input) => {
      if (input.MetricDataQueries?.some((q) => q.MetricStat?.Stat?.startsWith('TC(')))
        throw Object.assign(new Error('no such statistic'), { name: 'ValidationError' });
      return each({ [minute(3)]: 0.2 })(input);
    });
    const [first] = await cloudWatchMetrics(old.client, DEPLOYMENT).minutes({ from: minute(3), to: NOW }, 500);
    expect(first?.candidate).toMatchObject({ slow: null, latency: { p95: 200, p99: 200 } });
  });
});

describe('a minute whose response times or answers are lost', () => {
  const read = async (told: Readonly<Record<string, Record<number, number>>>) => {
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) => points(q, told[q.Id ?? ''] ?? {})),
    }));
    const [lost, there] = await cloudWatchMetrics(cloud.client, DEPLOYMENT).minutes({ from: minute(4), to: NOW }, 500);
    return [lost?.stable, there?.stable];
  };
  const two = (n: number) => ({ [minute(4)]: n, [minute(3)]: n });
  const answers = { stable_requests: two(100), stable_answered2XX: two(100) };

  it('is not one in which nobody was answered', async () => {
    const [lost, hanging] = await read({
      stable_requests: two(100),
      elb5xx: two(20),
      candidate_answered2XX: two(100),
      stable_slow: { [minute(4)]: 2 },
    });
    expect(lost).toMatchObject({ requests: 100, answered: UNKNOWN, unanswered: UNKNOWN, slow: 2 });
    expect(lost?.target5xxAtMost).toBeUndefined();
    expect(hanging, 'has no response times either').toMatchObject({ answered: 0, unanswered: 20 });
  });

  it('is not one in which nothing was slow', async () => {
    const [lost, there] = await read({
      ...answers,
      stable_slow: { [minute(3)]: 2 },
      stable_p99: { [minute(3)]: 0.2 },
    });
    expect(lost).toMatchObject({ requests: 100, slow: null });
    expect(there).toMatchObject({ requests: 100, slow: 2 });
  });

  it('has no percentiles of 0 ms where trimmed counts are not to be had', async () => {
    const [lost, there] = await read({
      ...answers,
      stable_p95: { [minute(3)]: 0.1 },
      stable_p99: { [minute(3)]: 0.2 },
    });
    expect(lost?.latency).toBeUndefined();
    expect(there).toMatchObject({ slow: null, latency: { p95: 100, p99: 200 } });
  });

  it('is none of a minute in which nobody was answered, or nobody was slow', async () => {
    const [unanswered] = await read({ stable_requests: two(100), stable_answered2XX: { [minute(3)]: 100 } });
    expect(unanswered?.slow).toBe(0);
    const [quick] = await read({ ...answers, stable_p99: two(0.2), stable_slow: { [minute(3)]: 1 } });
    expect(quick?.slow).toBe(0);
  });
});

describe('a baseline', () => {
  const stat = (q: MetricDataQuery) => `${q.MetricStat?.Metric?.MetricName} ${q.MetricStat?.Stat}`;

  it('has the old side’s CPU and memory, by cluster and service', async () => {
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) =>
        points(q, { [minute(4)]: { 'CPUUtilization Average': 20, 'MemoryUtilization Average': 60 }[stat(q)] ?? 300 }),
      ),
    }));
    const services = {
      stable: { cluster: 'c', service: 'old' },
      candidate: { cluster: 'c', service: 'new' },
    };
    const metrics = cloudWatchMetrics(cloud.client, { ...DEPLOYMENT, services });
    expect(await metrics.baseline({ from: minute(5), to: NOW }, 500)).toMatchObject({
      cpuPercent: 20,
      memoryPercent: 60,
    });
    expect(cloud.asked).toHaveLength(1);
    expect(cloud.asked[0]?.MetricDataQueries?.find((q) => q.Id === 'cpu')?.MetricStat?.Metric).toEqual({
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: [
        { Name: 'ClusterName', Value: 'c' },
        { Name: 'ServiceName', Value: 'old' },
      ],
    });
  });

  it('takes its ceiling from minutes and its noise from five of them, since the candidate is held against the ceiling minute by minute', async () => {
    const from = NOW - 24 * 3_600_000;
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) => {
        if (stat(q) !== 'RequestCount Sum' && !stat(q).startsWith('HTTPCode_Target')) return points(q, {});
        // One minute in five fails ten times as often. The means of five minutes do not show it.
        const value = (i: number) => (stat(q) === 'RequestCount Sum' ? 30_000 : i % 5 === 0 ? 300 : 30);
        return points(q, Object.fromEntries(Array.from({ length: 1_440 }, (_, i) => [from + i * 60_000, value(i)])));
      }),
    }));
    const found = await cloudWatchMetrics(cloud.client, DEPLOYMENT).baseline({ from, to: NOW }, 500);
    expect(cloud.asked[0]?.MetricDataQueries?.map((q) => q.MetricStat?.Period)).toEqual(expect.arrayContaining([60]));
    expect(found?.errorCeiling).toBeGreaterThanOrEqual(0.01);
    expect(found?.peakErrorRate).toBeCloseTo(0.0028, 4);
    expect(found?.errorNoise ?? 0).toBe(0);
  });

  it.each<[string, number | null, string[]]>([
    ['a hundredth of the requests', 0.01, ['HTTPCode_Target_2XX_Count Sum']],
    ['none, where the store has no counts of answers', null, []],
  ])('tells of how many requests no answer is told: %s', async (_name, share, counted) => {
    const from = NOW - 24 * 3_600_000;
    // In every minute one request in a hundred is never answered; in every second minute, another one is answered a
    // minute later.
    const value = (of: string, i: number) => (of === 'RequestCount Sum' ? 1_000 : i % 2 === 0 ? 980 : 1_000);
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) =>
        points(
          q,
          ['RequestCount Sum', ...counted].includes(stat(q))
            ? Object.fromEntries(Array.from({ length: 1_440 }, (_, i) => [from + i * 60_000, value(stat(q), i)]))
            : {},
        ),
      ),
    }));
    const found = await cloudWatchMetrics(cloud.client, DEPLOYMENT).baseline({ from, to: NOW }, 500);
    if (share === null) expect(found?.untoldCeiling).toBeNull();
    else expect(Math.abs((found?.untoldCeiling ?? 0) - share)).toBeLessThan(0.004);
  });

  it('tells the silence between two batches, which is no gap of the metric store', async () => {
    const from = NOW - 24 * 3_600_000;
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) =>
        points(
          q,
          stat(q) === 'RequestCount Sum'
            ? Object.fromEntries(Array.from({ length: 144 }, (_, i) => [from + i * 600_000, 3_000]))
            : {},
        ),
      ),
    }));
    const found = await cloudWatchMetrics(cloud.client, DEPLOYMENT).baseline({ from, to: NOW }, 500);
    expect(found?.silentMinutes).toBe(9);
  });

  it.each([
    ['of its targets', 'HTTPCode_Target_5XX_Count Sum'],
    ['of targets that hang, so that the load balancer answers in their place', 'HTTPCode_ELB_5XX_Count Sum'],
  ])('tells a fire %s in the last quarter of an hour from the mean of the whole look-back', async (_whose, failing) => {
    const calm = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [minute(i + 21), 1_000]));
    const cloud = new Answering(({ MetricDataQueries = [] }) => ({
      MetricDataResults: MetricDataQueries.map((q) => {
        if (stat(q) === 'RequestCount Sum') return points(q, { ...calm, [minute(5)]: 1_000 });
        return points(q, stat(q) === failing ? { [minute(5)]: 200 } : {});
      }),
    }));
    const found = await cloudWatchMetrics(cloud.client, DEPLOYMENT).baseline({ from: minute(121), to: NOW }, 500);
    expect(found).toMatchObject({ recentErrorRate: 0.2, errorRate: expect.closeTo(0.002, 4) });
  });
});

describe('what the mirror has copied and lost', () => {
  const ingress = ingressIdSchema.parse('gateway');

  it('is not taken for nothing where CloudWatch tells it in part', async () => {
    const range = { from: minute(60), to: NOW };
    for (const status of ['PartialData', 'InternalError'] as const)
      await expect(mirrorCopies(new Answering(each({}, status)).client, ingress, range)).rejects.toMatchObject({
        name: 'Crossfade.Transient',
      });
  });

  it('is that of the run, and not of one that ended in the hour in which it began', async () => {
    const began = NOW - 5 * 3_600_000 + 31 * 60_000;
    const before = began - 10 * 60_000;
    const cloud = new Answering((input) =>
      each((input.StartTime?.getTime() ?? 0) <= before ? { [before]: 7 } : {})(input),
    );
    expect((await mirrorCopies(cloud.client, ingress, { from: began, to: NOW })).wanted).toBe(0);
  });
});

describe('alarms', () => {
  it('are muted also where the first page of rules is empty and not the last', async () => {
    const pages = [
      { NextToken: 'more' },
      { AlarmMuteRuleSummaries: [{ AlarmMuteRuleArn: 'arn:aws:cloudwatch:r:1:alarm-mute-rule:night' }] },
    ];
    let asked = 0;
    const send = async (command: object) => {
      if (!(command instanceof ListAlarmMuteRulesCommand)) return { MetricAlarms: [{ AlarmName: 'red' }] };
      asked += command.input.NextToken === undefined ? 1 : 0;
      return command.input.NextToken === undefined ? pages[0] : pages[1];
    };
    const [red] = await cloudWatchAlarms(awsClient<CloudWatchClient>(send)).read(['red']);
    expect(red?.mutedBy).toEqual(['night']);
    expect(asked).toBe(2);
  });
});
