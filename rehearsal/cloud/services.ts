/** ECS services and their scaling bounds, as far as the adapters read and write them. */
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from './protocol.ts';

export interface LocalService {
  readonly cluster: string;
  readonly name: string;
  desired: number;
  running: number;
  scaling: { min: number; max: number; suspended: boolean } | null;
}

export interface ServicesOptions {
  readonly services: readonly LocalService[];
  /** Tasks are to be started or stopped. */
  readonly onScale: (service: LocalService) => void;
}

const describeSchema = z.object({ cluster: z.string(), services: z.array(z.string()).min(1).max(10) });
const updateSchema = z.object({ cluster: z.string(), service: z.string(), desiredCount: z.number().int().min(0) });

export function ecs({ services, onScale }: ServicesOptions): JsonOperations {
  return {
    DescribeServices: (input) => {
      const wanted = parse(describeSchema, input);
      const found = services.filter((s) => s.cluster === wanted.cluster && wanted.services.includes(s.name));
      return { services: found.map(describe), failures: [] };
    },
    UpdateService: (input) => {
      const { cluster, service, desiredCount } = parse(updateSchema, input);
      const found = services.find((s) => s.cluster === cluster && s.name === service);
      if (found === undefined) throw new CloudError('ServiceNotFoundException', 'Service not found.');
      found.desired = desiredCount;
      onScale(found);
      return { service: describe(found) };
    },
  };
}

const idsSchema = z.object({ ResourceIds: z.array(z.string()).default([]) });
const registerSchema = z.object({
  ResourceId: z.string(),
  MinCapacity: z.number().int().min(0),
  MaxCapacity: z.number().int().min(0),
  SuspendedState: z.object({ DynamicScalingInSuspended: z.boolean().optional() }).default({}),
});

export function applicationAutoScaling({ services, onScale }: ServicesOptions): JsonOperations {
  const byId = (id: string) => services.find((s) => `service/${s.cluster}/${s.name}` === id);
  return {
    DescribeScalableTargets: (input) => {
      const found = parse(idsSchema, input).ResourceIds.flatMap((id) => byId(id) ?? []);
      return {
        ScalableTargets: found.flatMap((s) =>
          s.scaling === null
            ? []
            : [
                {
                  ServiceNamespace: 'ecs',
                  ResourceId: `service/${s.cluster}/${s.name}`,
                  MinCapacity: s.scaling.min,
                  MaxCapacity: s.scaling.max,
                  SuspendedState: { DynamicScalingInSuspended: s.scaling.suspended },
                },
              ],
        ),
      };
    },
    RegisterScalableTarget: (input) => {
      const { ResourceId, MinCapacity, MaxCapacity, SuspendedState } = parse(registerSchema, input);
      const service = byId(ResourceId);
      if (service === undefined) throw new CloudError('ObjectNotFoundException', `No scalable target ${ResourceId}`);
      service.scaling = {
        min: MinCapacity,
        max: MaxCapacity,
        suspended: SuspendedState.DynamicScalingInSuspended ?? service.scaling?.suspended ?? false,
      };
      // Application Auto Scaling brings the count into new bounds at once.
      const clamped = Math.min(MaxCapacity, Math.max(MinCapacity, service.desired));
      if (clamped !== service.desired) {
        service.desired = clamped;
        onScale(service);
      }
      return {};
    },
  };
}

function describe(s: LocalService) {
  return { serviceName: s.name, desiredCount: s.desired, runningCount: s.running, status: 'ACTIVE' };
}
