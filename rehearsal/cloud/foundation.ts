/**
 * The basis of every service of the cloud: models from the templates, one clock, one authority for permissions, and one
 * observer.
 */
import { ScaledClock } from '../clock/index.ts';
import type { LoadBalancerModel } from '../machine/index.ts';
import { Access, type Known } from './access/index.ts';
import { type LocalAccount, localAccount } from './account/index.ts';
import type { CloudEvent } from './cloud-event.ts';
import { type LocalAlarm, MetricStore } from './cloudwatch/index.ts';
import {
  alarmsOf,
  cutoverMachineOf,
  loadBalancerOf,
  machineDefinitionOf,
  machineRoleOf,
  type StreamSpec,
  servicesOf,
  streamOf,
  topicKeysOf,
} from './from-template.ts';
import type { LocalService } from './services/index.ts';
import type { Definition } from './states/index.ts';
import { type Assembly, Names } from './template/index.ts';

export interface Foundation {
  readonly assembly: Assembly;
  readonly names: Names;
  readonly clock: ScaledClock;
  readonly access: Access;
  /** The facts besides the policies by which requests are authorised. */
  readonly known: Known;
  readonly account: LocalAccount;
  readonly onEvent: (event: CloudEvent) => void;
  readonly metrics: MetricStore;
  readonly model: LoadBalancerModel;
  readonly services: readonly LocalService[];
  readonly alarms: ReadonlyMap<string, LocalAlarm>;
  readonly stream: StreamSpec;
  readonly machine: MachineSpec;
}

interface MachineSpec {
  readonly arn: string;
  /** null in a template without roles. */
  readonly roleArn: string | null;
  /** The definition names functions that are created after the machine. @throws RangeError before they exist */
  definition(): Definition;
}

export interface FoundationOptions {
  readonly assembly: Assembly;
  /** Simulated seconds per real second. */
  readonly speed: number;
  readonly onEvent: (event: CloudEvent) => void;
}

/**
 * @throws RangeError if the assembly does not have exactly one of what a cutover has once, or if a policy names
 * something that AWS does not have
 */
export async function foundationOf({ assembly, speed, onEvent }: FoundationOptions): Promise<Foundation> {
  const names = new Names(assembly);
  const model = loadBalancerOf(assembly, names);
  const topicKeys = topicKeysOf(assembly, names);
  const machine = cutoverMachineOf(assembly, names);
  const known = {
    tagsOf: (ruleArn: string) => model.rules.get(ruleArn)?.tags ?? {},
    keyOf: (topicArn: string) => topicKeys.get(topicArn) ?? null,
  };
  return {
    assembly,
    names,
    clock: new ScaledClock({ anchor: Date.now(), speed }),
    access: await Access.of({ assembly, names, known }),
    known,
    account: localAccount(assembly, names),
    onEvent,
    metrics: new MetricStore(),
    model,
    services: servicesOf(assembly, names),
    alarms: alarmsOf(assembly, names),
    stream: streamOf(assembly, names),
    machine: {
      arn: names.arnOf(machine),
      roleArn: machineRoleOf(machine, names),
      definition: () => machineDefinitionOf(machine, names),
    },
  };
}
