import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { cutoverDashboard } from '../../core/status/index.ts';
import { dashboardAddress } from '../alarms/index.ts';
import type { DualStackCutover } from '../cutover/index.ts';
import { OperatorPolicies } from './operator-policies.ts';

/** The stack's outputs, and the policies that some of them name. */
export function tellOperators(stack: Stack, cutover: DualStackCutover): void {
  const { ingressId, machine, parity, functions, ledger, topic, triggers, runbook } = cutover;
  const policies = new OperatorPolicies(stack, 'Operators', { cutover });
  const tell = (name: string, description: string, value: string) => new CfnOutput(stack, name, { description, value });
  tell('StateMachineAlias', 'Start executions here', machine.alias.ref);
  tell('ParityStream', 'The mirror writes captures here', parity.stream.deliveryStreamName);
  tell(
    'RollbackFunction',
    'Returns all traffic to stable when it is invoked',
    functions.get('rollback').fn.functionName,
  );
  tell(
    'Functions',
    'All handlers',
    functions
      .all()
      .map(({ fn }) => fn.functionName)
      .join(' '),
  );
  tell('LedgerTable', 'Lease, decision log, sign-offs', ledger.tableName);
  tell('StatusTopic', 'Subscribe people here', topic.topicArn);
  tell('DeadLetters', 'What was tried for good, and failed', triggers.deadLetters.queueUrl);
  tell('CapturedPairs', 'The bucket of captures', parity.bucket.bucketName);
  tell('Dashboard', 'The cutover at a glance', dashboardAddress(stack, cutoverDashboard(ingressId)));
  tell('Runbook', 'What to do about each alarm', runbook);
  tell('ReadPolicy', 'For who may look', policies.read.managedPolicyArn);
  tell('StartPolicy', 'For who may start and steer', policies.start.managedPolicyArn);
  tell('ApprovePolicy', 'For who may answer sign-offs', policies.approve.managedPolicyArn);
  tell('RollbackPolicy', 'For who may roll back', policies.rollBack.managedPolicyArn);
}
