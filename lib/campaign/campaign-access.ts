import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { machineName } from '../../core/model/index.ts';
import { aCutover, type DualStackCutover, executionsArn } from '../cutover/index.ts';
import {
  acknowledgeWildcard,
  allowItems,
  itemsOf,
  itemsOfRuns,
  type RightsHolder,
  statementOf,
} from '../functions/index.ts';
import { anAccount, anIngressId, checkProps, type Shape } from '../props/index.ts';

/**
 * Name of the campaigns' machine and of its function's role. A deployment trusts the role by name, so that either may
 * be deployed first.
 */
export const CAMPAIGN_ROLE = 'crossfade-campaign';

export interface CampaignAccessProps {
  /** The deployment that campaigns may start, pause and roll back. */
  readonly cutover: DualStackCutover;
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** The account of the campaign's machine: twelve digits. */
  readonly campaignAccount: string;
}

const SHAPE: Shape<CampaignAccessProps> = {
  cutover: aCutover,
  ingressId: anIngressId,
  campaignAccount: anAccount,
};

/**
 * The role with which a campaign starts, reads, pauses and rolls back the runs of one deployment. It cannot do anything
 * else: it writes no listener rules and stops no executions. IAM is global, so the role's name includes the region.
 */
export class CampaignAccess extends Construct {
  /** Assumed by the campaign's function in `campaignAccount`, and by nobody else. */
  readonly role: Role;

  constructor(scope: Construct, id: string, props: CampaignAccessProps) {
    super(scope, id);
    checkProps(`CampaignAccess ${id}`, SHAPE, props, this);
    const { cutover, ingressId, campaignAccount } = props;
    if (ingressId !== cutover.ingressId)
      throw new RangeError(
        `CampaignAccess ${id}: ingressId must be ${cutover.ingressId}, as cutover has it, not ${ingressId}`,
      );
    const { partition, region } = Stack.of(this);
    const campaign = `arn:${partition}:iam::${campaignAccount}:role/${CAMPAIGN_ROLE}`;
    this.role = new Role(this, 'Role', {
      roleName: `${ingressId}-${region}-campaign`,
      description: `Campaigns of account ${campaignAccount} start, read, pause and roll back runs of ${ingressId}`,
      assumedBy: new AccountPrincipal(campaignAccount).withConditions({
        ArnEquals: { 'aws:PrincipalArn': campaign },
      }),
    });
    const { machine, alias } = cutover.machine;
    const executions = `${executionsArn(this, machineName(ingressId))}:*`;
    const rollback = cutover.functions.get('rollback').fn.functionArn;
    const allow = (actions: string[], ...resources: string[]) =>
      this.role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(['states:StartExecution'], machine.stateMachineArn, alias.ref);
    allow(['states:DescribeExecution'], executions);
    acknowledgeWildcard(this.role, executions, 'The executions of this one machine, whose names campaigns give');
    allow(['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'], rollback);
    const holder: RightsHolder = {
      grantee: this.role,
      allow: (...granted) => this.role.addToPolicy(statementOf(this.role, ...granted)),
    };
    // Reading and pausing the lease, past runs, and the log entry that says who paused.
    allowItems(
      holder,
      cutover.ledger,
      ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      itemsOf(ingressId),
    );
    allowItems(holder, cutover.ledger, ['dynamodb:PutItem'], itemsOfRuns(ingressId, 'CUTOVER'));
  }
}
