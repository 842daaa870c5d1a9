import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationAutoScaling, ecs, type LocalService } from '../../../rehearsal/cloud/services/ecs.ts';
import { type Served, serve } from './support.ts';

const ResourceId = 'service/c/stable';
let service: LocalService;
let scaled: number[];
let served: Served;
let ecsClient: ECSClient;
let scaling: ApplicationAutoScalingClient;

beforeEach(async () => {
  const bounds = { min: 2, max: 8, suspended: false, scheduledSuspended: false };
  service = { cluster: 'c', name: 'stable', desired: 4, running: 4, scaling: bounds };
  scaled = [];
  const options = { services: [service], onScale: (s: LocalService) => scaled.push(s.desired) };
  served = await serve({
    json: {
      AmazonEC2ContainerServiceV20141113: { service: 'ecs', operations: ecs(options) },
      AnyScaleFrontendService: { service: 'application-autoscaling', operations: applicationAutoScaling(options) },
    },
  });
  ecsClient = new ECSClient(served.client);
  scaling = new ApplicationAutoScalingClient(served.client);
});
afterEach(async () => {
  ecsClient.destroy();
  scaling.destroy();
  await served.stop();
});

const register = (MinCapacity?: number, MaxCapacity?: number, suspended?: boolean) =>
  scaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId,
      MinCapacity,
      MaxCapacity,
      ...(suspended === undefined ? {} : { SuspendedState: { DynamicScalingInSuspended: suspended } }),
    }),
  );

describe('an ECS service', () => {
  it('is described by name or ARN; what is missing is named as a failure', async () => {
    const services = ['arn:aws:ecs:l:0:service/c/stable', 'gone'];
    const found = await ecsClient.send(new DescribeServicesCommand({ cluster: 'c', services }));
    expect(found.services).toMatchObject([{ serviceName: 'stable', desiredCount: 4, runningCount: 4 }]);
    expect(found.failures).toMatchObject([{ arn: 'gone', reason: 'MISSING' }]);
    await expect(
      ecsClient.send(new DescribeServicesCommand({ cluster: 'other', services: ['stable'] })),
    ).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  });

  it('is scaled when its count changes, and only then', async () => {
    for (const desiredCount of [4, 1])
      await ecsClient.send(new UpdateServiceCommand({ cluster: 'c', service: 'stable', desiredCount }));
    expect(scaled).toEqual([1]);
    await expect(
      ecsClient.send(new UpdateServiceCommand({ cluster: 'c', service: 'gone', desiredCount: 1 })),
    ).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
  });

  it('that is being deleted is not scaled any more', async () => {
    service.status = 'DRAINING';
    await expect(
      ecsClient.send(new UpdateServiceCommand({ cluster: 'c', service: 'stable', desiredCount: 1 })),
    ).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
    expect(scaled).toEqual([]);
  });
});

describe('a scalable target', () => {
  it('brings the count into its new bounds at once', async () => {
    await register(6, 10);
    await register(1, 3);
    expect(scaled).toEqual([6, 3]);
  });

  it('keeps what a registration leaves out', async () => {
    await register(2, 8, true);
    await register(undefined, 9);
    const { ScalableTargets } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [ResourceId] }),
    );
    expect(ScalableTargets).toMatchObject([
      { MinCapacity: 2, MaxCapacity: 9, SuspendedState: { DynamicScalingInSuspended: true } },
    ]);
  });

  it('suspends its schedules apart from its policies', async () => {
    const suspend = (SuspendedState: SuspendedState) =>
      scaling.send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: 'ecs',
          ScalableDimension: 'ecs:service:DesiredCount',
          ResourceId,
          SuspendedState,
        }),
      );
    const told = async () => {
      const command = new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: [ResourceId] });
      return (await scaling.send(command)).ScalableTargets?.[0]?.SuspendedState;
    };
    await suspend({ ScheduledScalingSuspended: true });
    expect(await told()).toMatchObject({ DynamicScalingInSuspended: false, ScheduledScalingSuspended: true });
    await suspend({ DynamicScalingInSuspended: true });
    expect(await told()).toMatchObject({ DynamicScalingInSuspended: true, ScheduledScalingSuspended: true });
    await suspend({ ScheduledScalingSuspended: false });
    expect(await told()).toMatchObject({ DynamicScalingInSuspended: true, ScheduledScalingSuspended: false });
  });

  it('has bounds, and a minimum that is not above its maximum', async () => {
    await expect(register(5, 4)).rejects.toMatchObject({ name: 'ValidationException' });
    service.scaling = null;
    await expect(register(5)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(service.desired).toBe(4);
  });
});
