import { describe, expect, it } from 'vitest';
import { FOOTPRINT } from '../../core/cost/index.ts';
import { sharedAssembly } from '../support/assembly.ts';

describe('what the bill counts is what the templates deploy', async () => {
  const { resources } = await sharedAssembly();
  const properties = (type: string) => resources.filter((r) => r.type === type).map((r) => r.properties);

  it('the metrics of all alarms', () => {
    const read = properties('AWS::CloudWatch::Alarm').map(({ Metrics }) =>
      Array.isArray(Metrics) ? Metrics.filter((m) => 'MetricStat' in m).length : 1,
    );
    expect(read.reduce((sum, n) => sum + n, 0)).toBe(FOOTPRINT.alarmMetrics);
  });

  it('dashboards, keys and secrets', () => {
    expect({
      dashboards: properties('AWS::CloudWatch::Dashboard').length,
      keys: properties('AWS::KMS::Key').length,
      secrets: properties('AWS::SecretsManager::Secret').length,
    }).toEqual({ dashboards: FOOTPRINT.dashboards, keys: FOOTPRINT.keys, secrets: FOOTPRINT.secrets });
  });

  it("the mirror's tasks, and what each of them is given", () => {
    const [task] = resources.filter((r) => r.stack === 'CrossfadeShadow' && r.type === 'AWS::ECS::TaskDefinition');
    const [service] = resources.filter((r) => r.stack === 'CrossfadeShadow' && r.type === 'AWS::ECS::Service');
    expect({
      tasks: service?.properties.DesiredCount,
      vcpu: Number(task?.properties.Cpu) / 1_024,
      gb: Number(task?.properties.Memory) / 1_024,
    }).toEqual(FOOTPRINT.mirror);
  });

  it("the handlers' memory", () => {
    const memories = properties('AWS::Lambda::Function')
      .filter(({ Environment }) => JSON.stringify(Environment ?? {}).includes('CROSSFADE_DEPLOYMENT'))
      .map(({ MemorySize }) => Number(MemorySize) / 1_024);
    expect(new Set(memories)).toEqual(new Set([FOOTPRINT.handlerGb, FOOTPRINT.transformGb]));
  });
});
