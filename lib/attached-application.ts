/** Bring your own: a cutover onto an existing load balancer, listeners, target groups and services, named by their ARNs. */
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { InvalidPlanError, type PlanInput } from '../core/model/index.ts';
import { problemsOf, wordIssue } from '../input/index.ts';
import { type CutoverGroups, DualStackCutover } from './constructs/index.ts';

const service = z.strictObject({ cluster: z.string().min(1), service: z.string().min(1) });
const groupArn = z.string().regex(/^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:targetgroup\/[^/]+\/[^/]+$/, {
  error: 'must be the ARN of a target group',
});
const listenerArn = z.string().regex(/^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:listener\/app\/[^/]+\/[^/]+\/[^/]+$/, {
  error: 'must be the ARN of an application load balancer’s listener',
});

const attachmentSchema = z.strictObject({
  ingressId: z.string(),
  listeners: z
    .array(
      z.strictObject({
        arn: listenerArn,
        /** Before the priorities of the rules that serve this traffic today. */
        priority: z.int().min(1).max(49_999),
        paths: z.array(z.string().min(1)).min(1).max(4).optional(),
      }),
    )
    .min(1),
  groups: z.strictObject({
    stable: groupArn,
    candidate: groupArn,
    mirrorForward: groupArn.optional(),
    mirrorReverse: groupArn.optional(),
  }),
  services: z.strictObject({ stable: service, candidate: service }).optional(),
  exerciseFunctionArn: z.string().startsWith('arn:').optional(),
  runbookUrl: z.url().optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** @throws InvalidPlanError that names every field that is wrong. */
export function parseAttachment(input: unknown): Attachment {
  const parsed = attachmentSchema.safeParse(input, { error: wordIssue });
  if (!parsed.success) throw new InvalidPlanError(problemsOf(parsed.error), parsed.error, 'attach file');
  return parsed.data;
}

/** One stack, `CrossfadeCutover`, that touches nothing but the rules that it adds. */
export function attachedApplication(app: App, attachment: Attachment, plan: PlanInput): void {
  const stack = new Stack(app, 'CrossfadeCutover', {
    description: `Crossfade: the cutover of ${attachment.ingressId}`,
  });
  const { machine } = new DualStackCutover(stack, 'Cutover', {
    ingressId: attachment.ingressId,
    listeners: attachment.listeners.map(({ arn, priority, paths }) => ({
      listener: { listenerArn: arn },
      priority,
      ...(paths === undefined ? {} : { paths }),
    })),
    groups: groupsOf(attachment.groups),
    plan,
    ...(attachment.services === undefined ? {} : { services: attachment.services }),
    ...(attachment.exerciseFunctionArn === undefined ? {} : { exerciseFunctionArn: attachment.exerciseFunctionArn }),
    ...(attachment.runbookUrl === undefined ? {} : { runbookUrl: attachment.runbookUrl }),
  });
  new CfnOutput(stack, 'StateMachineAlias', { value: machine.alias.ref, description: 'Start executions here' });
}

function groupsOf({ stable, candidate, mirrorForward, mirrorReverse }: Attachment['groups']): CutoverGroups {
  const ref = (targetGroupArn: string) => ({ targetGroupArn });
  return {
    stable: ref(stable),
    candidate: ref(candidate),
    ...(mirrorForward === undefined ? {} : { mirrorForward: ref(mirrorForward) }),
    ...(mirrorReverse === undefined ? {} : { mirrorReverse: ref(mirrorReverse) }),
  };
}
