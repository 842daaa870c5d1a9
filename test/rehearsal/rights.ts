/** Lists the rights that no rehearsed run uses, and why the templates grant them nevertheless. */
import type { Right } from '../../rehearsal/cloud/access/access.ts';

export interface Unused {
  readonly actions: RegExp;
  /** Logical ids of roles, or of resource policies. */
  readonly holders: RegExp;
  readonly why: string;
}

export const UNUSED: readonly Unused[] = [
  {
    actions: /^(ecr|secretsmanager):|^logs:(CreateLogStream|PutLogEvents)$/,
    holders: /TaskExecutionRole/,
    why: 'ECS pulls images, reads secrets and writes logs in the execution role’s name before a task’s own code runs; tasks are processes here',
  },
  {
    actions: /^xray:/,
    holders: /^(Stable|Candidate)TaskTaskRole/,
    why: 'the collector beside a gateway is not started here',
  },
  {
    actions: /^ec2:|^logs:/,
    holders: /^CustomVpcRestrictDefaultSG|^VpcallIAMRole/,
    why: 'written by the CDK for the VPC, which has no counterpart here',
  },
  {
    actions: /^logs:/,
    holders: /^RuleProviderframework/,
    why: 'the CDK’s provider framework is not run here; its log is its own',
  },
  {
    actions: /^logs:CreateLogGroup$/,
    holders: /ServiceRole/,
    why: 'of AWS’s managed policy for functions; every log group is in the templates',
  },
  { actions: /^logs:DeleteLogDelivery$/, holders: /^CutoverMachineRole/, why: 'when a machine is deleted' },
  {
    actions: /^(dynamodb|s3|states|lambda):/,
    holders: /^CutoverBackfill/,
    why: 'the backfill of parity is another machine, started by hand: test/judges/parity-backfill.test.ts runs it in LocalStack, test/contract/parity-backfill.test.ts its function over moto, and test/contract/access.test.ts has moto decide on its rights',
  },
  {
    actions: /^(logs|xray):/,
    holders: /^CutoverBackfillMachineRole/,
    why: 'written by the CDK for a machine that logs and is traced; those of the cutover’s machine are used',
  },
  {
    actions: /^s3:|^logs:/,
    holders: /^CutoverParityStreamS3DestinationRole/,
    why: 'written by the CDK for Firehose, which also lists, aborts and retries; of these the stand-in only puts',
  },
  {
    actions: /^sqs:/,
    holders: /^CutoverFunctions(rollback|closemirror)|^CutoverTriggersDeadLetters/,
    why: 'dead letters: after three failed attempts, or where a rule could not deliver',
  },
  {
    actions: /^cloudwatch:(DescribeAlarms|ListAlarmMuteRules)$/,
    holders: /^CutoverFunctionsverifyrollback/,
    why: 'it does the work of the watchdog, which reads alarms while a mirror is open or a sign-off is awaited: here that is only so if a newer run owns the ingress already',
  },
  {
    actions: /^lambda:InvokeFunction$/,
    holders: /AlarmPermission|^CutoverTriggersOnMirrorAlarm/,
    why: 'one for each alarm; which are red depends on the fault',
  },
  {
    actions: /^elasticloadbalancing:(ModifyRule|DeleteRule|SetRulePriorities)$/,
    holders: /^RuleProviderOnEvent/,
    why: 'when a stack with a rule is changed or deleted: test/deploy/ministack.test.ts does so, and test/lib/permissions.test.ts decides whose rules',
  },
  {
    actions: /^dynamodb:/,
    holders: /^RuleProviderOnEvent/,
    why: 'an update or delete asks the ledger whether a cutover runs: test/deploy/ministack.test.ts is refused by it',
  },
  {
    actions: /^(cloudwatch:SetAlarmState|dynamodb:(Put|Update)Item)$/,
    holders: /^CutoverFunctionsdrillFn/,
    why: 'a drill is another run: test/rehearsal/drill.slow.test.ts demands that it uses them',
  },
  {
    actions: /./,
    holders: /^CutoverFunctionsclosemirrorFn/,
    why: 'a mirror that is closed by its alarm, as the rollback returns customers: test/core/close-mirror.test.ts and test/stories call it, no whole run does',
  },
  {
    actions: /^dynamodb:/,
    holders: /^Cutover(Functions|ParityTransform)/,
    why: 'reading and writing an item of the one table are granted together to whoever holds the ledger; which of them a run needs depends on its path, and who writes reads the item again where its condition failed',
  },
  {
    actions: /^(sns:Publish|kms:|events:PutEvents)/,
    holders: /^CutoverFunctions/,
    why: 'whoever may tell people may tell them of a failure, too, and no run has each of them',
  },
  {
    actions:
      /^(ecs:|application-autoscaling:|states:|elasticloadbalancing:(ModifyRule|DescribeRules|DescribeTargetHealth)$|cloudwatch:GetMetricData$)/,
    holders: /^CutoverFunctions(rollback|verifyrollback|watchdog)Fn/,
    why: 'a return has three hands; whichever comes first does the work, and the others must be able to',
  },
  {
    actions: /^(ecs:UpdateService|application-autoscaling:RegisterScalableTarget)$/,
    holders: /^CutoverFunctions(capacity|decommission)Fn/,
    why: 'one for services that scale by themselves, the other for those that do not',
  },
];

/** Returns the reason for an unused right, or null if nobody has given one. */
export function whyUnused({ action, holder }: Right): string | null {
  return UNUSED.find(({ actions, holders }) => actions.test(action) && holders.test(holder))?.why ?? null;
}
