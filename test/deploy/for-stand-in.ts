/** Removes from a deployment what a stand-in for AWS does not know; docs/explanation/fidelity.md lists it. */
import { CfnOutput, CfnResource, type IAspect } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { ParityBackfill } from '../../lib/parity/parity-backfill.ts';

/** Resource types that MiniStack's CloudFormation refuses. */
const ABSENT = new Set([
  'AWS::EC2::SecurityGroupIngress',
  'AWS::StepFunctions::StateMachineVersion',
  'AWS::StepFunctions::StateMachineAlias',
]);

/**
 * Removes what the stand-in does not know, and sends the handlers' ELBv2 calls to a load balancer that keeps weights.
 */
export class ForStandIn implements IAspect {
  readonly #elbEndpoint: string | undefined;

  /** @param elbEndpoint endpoint for the handlers' ELBv2 calls @default the stand-in's own */
  constructor(elbEndpoint?: string) {
    this.#elbEndpoint = elbEndpoint;
  }

  visit(node: IConstruct): void {
    if (node instanceof ParityBackfill) node.node.scope?.node.tryRemoveChild(node.node.id);
    if (node instanceof CfnResource && ABSENT.has(node.cfnResourceType))
      node.node.scope?.node.tryRemoveChild(node.node.id);
    if (node instanceof CfnOutput && node.node.id === 'StateMachineAlias')
      node.node.scope?.node.tryRemoveChild(node.node.id);
    if (node instanceof CfnAlarm && node.metrics !== undefined) {
      node.metrics = undefined;
      node.addPropertyOverride('Namespace', 'MetricMath');
      node.addPropertyOverride('MetricName', node.alarmName);
      node.addPropertyOverride('Statistic', 'Sum');
      node.addPropertyOverride('Period', 60);
    }
    if (node instanceof CfnFunction && this.#elbEndpoint !== undefined)
      node.addPropertyOverride('Environment.Variables.AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2', this.#elbEndpoint);
  }
}
