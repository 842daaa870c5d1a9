/** What every service of the cloud stands on: models out of the templates, one clock, one judge of rights, one listener. */
import { type LoadBalancerModel, ScaledClock } from '../machine/index.ts';
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
  /** What requests are judged by beside the policies. */
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
  /** Null in a template without roles. */
  readonly roleArn: string | null;
  /** It names functions that are made after the machine. @throws RangeError before they are */
  definition(): Definition;
}

export interface FoundationOptions {
  readonly assembly: Assembly;
  /** Virtual seconds per real second. */
  readonly speed: number;
  readonly onEvent: (event: CloudEvent) => void;
}

/** @throws RangeError when the assembly has not exactly one of what a cutover has once, or a policy names what AWS has not */
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
