/** A request that AWS refuses, and its refusal. */
import { DEPLOYMENT } from '../support/deployment.ts';
import type { Backend } from './backends.ts';
import type { Clients } from './clients.ts';

/** What a request may name: resources that exist in a cloud, and others that do not. */
export type Named = ReturnType<typeof namedIn>;

export interface Situation {
  readonly service: keyof Clients;
  readonly what: string;
  /** The error's name, as the SDK throws it. */
  readonly refusal: string;
  send(clients: Clients, named: Named): Promise<unknown>;
}

/** A client, whichever it is: commands carry what they ask for. */
interface Sender {
  send(command: object): Promise<unknown>;
}

export function sent(client: Clients[keyof Clients], command: object): Promise<unknown> {
  return (client as Sender).send(command);
}

export function refusedBy(service: keyof Clients) {
  return (what: string, refusal: string, command: (named: Named) => object): Situation => ({
    service,
    what,
    refusal,
    send: (clients, named) => sent(clients[service], command(named)),
  });
}

/** A cloud in which there is nothing to name. */
export const NOWHERE = { deployment: DEPLOYMENT, machineArn: '', table: '' };

export function namedIn({ deployment, machineArn, table }: Pick<Backend, 'deployment' | 'machineArn' | 'table'>) {
  const [rule = '', otherRule = ''] = deployment.rules.map(({ arn }) => arn);
  const listener = upTo(rule.replace(':listener-rule/', ':listener/'));
  const balancer = upTo(listener.replace(':listener/', ':loadbalancer/'));
  const stable: string = deployment.targetGroups.stable.arn;
  return {
    rule,
    otherRule,
    goneRule: other(rule),
    defaultRule: `${upTo(rule)}/default`,
    listener,
    goneListener: other(listener),
    balancer,
    goneBalancer: other(balancer),
    stable,
    goneGroup: other(stable),
    machine: machineArn,
    goneMachine: `${machineArn}-gone`,
    goneExecution: `${machineArn.replace(':stateMachine:', ':execution:')}:gone`,
    table,
  };
}

function upTo(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/'));
}

/** The same ARN with another last part. */
function other(arn: string): string {
  return `${upTo(arn)}/0123456789abcdef`;
}
