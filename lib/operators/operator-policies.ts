import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { machineName } from '../../core/model/index.ts';
import { aCutover, type DualStackCutover, executionsArn } from '../cutover/index.ts';
import { allowItems, itemsOf, itemsOfRuns, type RightsHolder, statementOf } from '../functions/index.ts';
import { checkProps } from '../props/index.ts';

export interface OperatorPoliciesProps {
  /** The deployment that the policies allow people to read and steer. */
  readonly cutover: DualStackCutover;
}

/**
 * Managed policies for the people who operate one ingress, to attach to their roles. Each permits exactly the commands
 * that it is named for, in addition to those that read. `rollBack` alone suffices to roll back.
 */
export class OperatorPolicies extends Construct {
  /** `status`, `list`, `history`, `watch`, `wait`, `export`. */
  readonly read: ManagedPolicy;
  /** `start`, `drill`, and `pause`, `resume`, `promote`, `retry` of a run. */
  readonly start: ManagedPolicy;
  /** `approve` and `refuse`. */
  readonly approve: ManagedPolicy;
  /** `rollback` and `abort`. */
  readonly rollBack: ManagedPolicy;

  constructor(scope: Construct, id: string, props: OperatorPoliciesProps) {
    super(scope, id);
    checkProps(`OperatorPolicies ${id}`, { cutover: aCutover }, props, this);
    const { cutover } = props;
    const { ingressId, ledger, machine, functions } = cutover;
    const policy = (name: string, may: string) => {
      const holder = new PolicyOfPeople(
        this,
        name,
        `${ingressId}: ${may}`,
        `${ingressId}-${Stack.of(this).region}-${name}`,
      );
      reading(holder, cutover);
      return holder;
    };
    this.read = policy('read', 'read its cutovers').policy;

    const start = policy('start', 'start and steer cutovers');
    start.allow(
      ['states:StartExecution'],
      [machine.machine.stateMachineArn, `${machine.machine.stateMachineArn}:live`],
    );
    // The lease is changed, and the log of its run is extended.
    allowItems(start, ledger, ['dynamodb:UpdateItem'], itemsOf(ingressId));
    allowItems(start, ledger, ['dynamodb:PutItem'], itemsOfRuns(ingressId, 'CUTOVER'));
    this.start = start.policy;

    const approve = policy('approve', 'answer its sign-offs');
    approve.allow(
      ['states:SendTaskSuccess', 'states:SendTaskFailure'],
      ['*'],
      'AWS has no resource type for them: only who has read the token out of the ledger can answer with it',
    );
    allowItems(approve, ledger, ['dynamodb:UpdateItem'], itemsOfRuns(ingressId, 'CUTOVER'));
    this.approve = approve.policy;

    const rollBack = policy('rollback', 'return all traffic to the stable side');
    functions.grantAs('rollback', rollBack);
    this.rollBack = rollBack.policy;
  }
}

/** What every command reads first: the deployment, its ledger, the live weights, and the execution. */
function reading(holder: RightsHolder, { ingressId, functions, ledger }: DualStackCutover): void {
  holder.allow(['lambda:GetFunctionConfiguration'], [functions.get('rollback').fn.functionArn]);
  allowItems(holder, ledger, ['dynamodb:GetItem', 'dynamodb:Query']);
  holder.allow(['elasticloadbalancing:DescribeRules'], ['*'], 'AWS has no resource type for reading these');
  holder.allow(
    ['states:DescribeExecution'],
    [`${executionsArn(holder.grantee, machineName(ingressId))}:*`],
    'Executions of this one machine; their names are the operators’ to choose',
  );
}

class PolicyOfPeople implements RightsHolder {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, description: string, managedPolicyName: string) {
    this.policy = new ManagedPolicy(scope, id, { description, managedPolicyName });
  }

  get grantee() {
    return this.policy;
  }

  allow(
    actions: readonly string[],
    resources: readonly string[],
    whyWildcard?: string,
    conditions?: Readonly<Record<string, unknown>>,
  ): void {
    this.policy.addStatements(statementOf(this.policy, actions, resources, whyWildcard, conditions));
  }
}
