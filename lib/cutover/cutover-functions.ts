import { Construct } from 'constructs';
import * as z from 'zod';
import { rollbackFunctionName } from '../../core/model/index.ts';
import type { HandlerName } from '../assets/index.ts';
import { HandlerFunction, type RightsHolder } from '../functions/index.ts';
import {
  aDeployment,
  aFunctionArn,
  aMachineName,
  anAlarmName,
  anIngressId,
  aRuleArn,
  aTable,
  aTopic,
  bothServices,
  checkProps,
  type Shape,
  thatHas,
} from '../props/index.ts';
import { aReservation } from './cutover-shape.ts';
import { grantPermission, type Permission, type PermittedParts } from './permissions.ts';
import { PROVIDERS_SHAPE } from './provider-shape.ts';

export interface CutoverFunctionsProps extends PermittedParts {
  /** The value of CROSSFADE_DEPLOYMENT: JSON of core/model/deployment.ts. */
  readonly deployment: string;
  /** @default - none reserved */
  readonly rollbackConcurrency?: number;
}

interface Spec {
  readonly description: string;
  readonly may: readonly Permission[];
}

const SPECS = {
  preflight: {
    description: 'Refuses a cutover that must not begin, or takes the ingress for it',
    may: ['health', 'alarms', 'tasks', 'surroundings', 'ledger', 'notify'],
  },
  baseline: { description: 'Measures the stable side', may: ['metrics', 'providers', 'ledger', 'notify'] },
  capacity: { description: 'Holds the capacity of the stable side', may: ['capacity', 'ledger', 'notify'] },
  shift: {
    description: 'Writes the next weights, fenced',
    may: ['weights', 'health', 'providers', 'ledger', 'notify'],
  },
  watch: {
    description: 'One evaluation of a phase',
    may: ['health', 'metrics', 'providers', 'revisions', 'alarms', 'ledger', 'tallies', 'notify'],
  },
  exercise: { description: 'Starts load and chaos against the mirror', may: ['exercise', 'ledger', 'notify'] },
  signoff: { description: 'Asks for a sign-off', may: ['ledger', 'notify'] },
  approved: { description: 'Records a sign-off', may: ['ledger', 'notify'] },
  decommission: {
    description: 'Scales the stable side down, a reversible step at a time',
    may: ['listeners', 'metrics', 'capacity', 'ledger', 'notify'],
  },
  drill: { description: 'Trips an alarm, and waits for it to trigger the rollback', may: ['trip', 'ledger', 'notify'] },
  complete: { description: 'Records completion', may: ['ledger', 'notify'] },
  rollback: {
    description: 'Returns all traffic to the stable side',
    may: ['weights', 'health', 'capacity', 'executions', 'ledger', 'notify'],
  },
  'close-mirror': {
    description: "Takes a failing mirror out of the customers' path",
    may: ['weights', 'health', 'capacity', 'executions', 'ledger', 'notify'],
  },
  'verify-rollback': {
    description: 'Verifies by request counts that the traffic has returned',
    may: ['weights', 'health', 'metrics', 'alarms', 'capacity', 'executions', 'ledger', 'notify'],
  },
  watchdog: {
    description: 'Repairs, once a minute, whatever events missed',
    may: ['weights', 'health', 'metrics', 'alarms', 'capacity', 'executions', 'ledger', 'notify'],
  },
} as const satisfies Partial<Record<HandlerName, Spec>>;

export type CutoverFunctionName = keyof typeof SPECS;

function rollbackOnly({ ingressId, rollbackConcurrency }: CutoverFunctionsProps) {
  const functionName = rollbackFunctionName(ingressId);
  return rollbackConcurrency === undefined
    ? { functionName }
    : { functionName, reservedConcurrency: rollbackConcurrency };
}

const SHAPE: Shape<CutoverFunctionsProps> = {
  ingressId: anIngressId,
  ledger: aTable,
  topic: aTopic,
  ruleArns: z.array(aRuleArn).min(1),
  services: bothServices.optional(),
  exerciseFunctionArn: aFunctionArn.optional(),
  metricProviders: PROVIDERS_SHAPE.optional(),
  rollbackAlarms: z.array(anAlarmName).min(1),
  machineName: aMachineName,
  deployment: aDeployment,
  rollbackConcurrency: aReservation.optional(),
};

export const theFunctions = thatHas<CutoverFunctions>('the CutoverFunctions of the cutover', 'get', 'grantAs', 'all');

/** Every function of a cutover with the permissions that it uses. */
export class CutoverFunctions extends Construct {
  readonly #functions = new Map<CutoverFunctionName, HandlerFunction>();
  readonly #props: CutoverFunctionsProps;

  constructor(scope: Construct, id: string, props: CutoverFunctionsProps) {
    super(scope, id);
    checkProps(`CutoverFunctions ${id}`, SHAPE, props, this);
    this.#props = props;
    for (const name of Object.keys(SPECS) as CutoverFunctionName[]) {
      const { description } = SPECS[name];
      const handler = new HandlerFunction(this, name, {
        handler: name,
        description,
        environment: { CROSSFADE_DEPLOYMENT: props.deployment },
        // Operators' commands find the deployment by this name.
        ...(name === 'rollback' ? rollbackOnly(props) : {}),
      });
      this.grantAs(name, handler);
      this.#functions.set(name, handler);
    }
  }

  /** The function of that handler. */
  get(name: CutoverFunctionName): HandlerFunction {
    const handler = this.#functions.get(name);
    if (handler === undefined) throw new RangeError(`no function ${name}`);
    return handler;
  }

  /** Grants another principal the permissions of the function. */
  grantAs(name: CutoverFunctionName, holder: RightsHolder): void {
    for (const permission of SPECS[name].may) grantPermission(permission, holder, this.#props, this);
  }

  /** Every function of the cutover, for tags, alarms or grants of your own. */
  all(): HandlerFunction[] {
    return [...this.#functions.values()];
  }
}
