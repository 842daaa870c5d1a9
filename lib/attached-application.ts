/**
 * Bring your own: a cutover for an existing load balancer with listeners, target groups and services, named by their
 * ARNs.
 */
import { type App, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { metricProviderSchema, type PlanInput } from '../core/model/index.ts';
import { problemsOf, wordIssue } from '../input/index.ts';
import { CampaignAccess } from './campaign/index.ts';
import {
  type CutoverListener,
  checkCutover,
  DualStackCutover,
  type DualStackCutoverProps,
  rulesOn,
} from './cutover/index.ts';
import { meetDemands } from './functions/index.ts';
import { type CutoverGroups, ruleProperties } from './listener/index.ts';
import type { ChatChannels } from './notices/index.ts';
import { tellOperators } from './operators/index.ts';
import { aManagedPolicyArn, anApplicationListenerArn, aTargetGroupArn, INGRESS_ID } from './props/index.ts';
import { stackName } from './stack-name.ts';

const name = z.string().regex(/^(?!arn:)./, { error: 'must be a name, not an ARN' });
const service = z.strictObject({ cluster: name, service: name });
const texts = z.array(z.string().min(1)).min(1);

const attachmentSchema = z.strictObject({
  ingressId: z.string().regex(INGRESS_ID, { error: 'must be 1 to 40 letters, digits, - or _' }),
  listeners: z
    .array(
      z.strictObject({
        arn: anApplicationListenerArn,
        /** Must precede the rules that serve this traffic today. */
        priority: z.int().min(1).max(49_999),
        hosts: texts.optional(),
        paths: texts.optional(),
        headers: z.array(z.strictObject({ name: z.string().min(1), values: texts })).optional(),
        queries: z.array(z.strictObject({ key: z.string().min(1).optional(), value: z.string().min(1) })).optional(),
        sources: texts.optional(),
        /** A rule whose conditions and login are copied. */
        like: z.string().min(1).optional(),
        /**
         * Testers whom the candidate may answer before the first stage, identified by one of header, cookie and
         * sourceIps.
         */
        cohort: z
          .strictObject({
            priority: z.int().min(1).max(49_998),
            header: z.strictObject({ name: z.string().min(1), values: z.array(z.string().min(1)).min(1) }).optional(),
            cookie: z.strictObject({ name: z.string().min(1), value: z.string().min(1) }).optional(),
            sourceIps: z.array(z.string().min(1)).min(1).optional(),
          })
          .optional(),
      }),
    )
    .min(1),
  groups: z.strictObject({
    stable: aTargetGroupArn,
    candidate: aTargetGroupArn,
    mirrorForward: aTargetGroupArn.optional(),
    mirrorReverse: aTargetGroupArn.optional(),
  }),
  services: z.strictObject({ stable: service, candidate: service }).optional(),
  exerciseFunctionArn: z.string().startsWith('arn:').optional(),
  runbookUrl: z.url().optional(),
  permissionsBoundaryArn: aManagedPolicyArn.optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
  /** Chats and pagers to notify; each secret is an ARN of Secrets Manager. */
  chat: z
    .strictObject({
      slack: z.strictObject({ secretArn: z.string(), channel: z.string() }).optional(),
      teams: z.strictObject({ secretArn: z.string() }).optional(),
      pagerDuty: z.strictObject({ secretArn: z.string() }).optional(),
    })
    .optional(),
  /** Sources of a plan's metrics outside CloudWatch, by the names that its queries use. */
  metricProviders: z.record(z.string(), metricProviderSchema).optional(),
  /** The account whose campaigns may move this service. */
  campaignAccount: z
    .string()
    .regex(/^\d{12}$/, { error: 'must be the twelve digits of an account, as text' })
    .optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** The file of `-c attach` is invalid. Nothing has been synthesised when this is thrown. */
export class AttachmentError extends Error {
  override readonly name = 'AttachmentError';

  constructor(problems: readonly string[], cause?: unknown) {
    super(
      `The attach file is not valid. ${problems.join('; ')}. Nothing was synthesised or deployed. Next: correct the named field (docs/how-to/deploy.md has every one), then run it again.`,
      { cause },
    );
  }
}

/**
 * The same is refused by whatever reads the file: the synthesis, and the doctor before it.
 * @throws AttachmentError that names the fields that are wrong
 */
export function parseAttachment(input: unknown): Attachment {
  const parsed = attachmentSchema.safeParse(input, { error: wordIssue });
  if (parsed.success) {
    const unknownPlace = { region: undefined, account: undefined };
    inWordsOfTheFile(() => checkCutover('DualStackCutover Cutover', propsOf(parsed.data, {}), unknownPlace));
    return parsed.data;
  }
  const problems = problemsOf(parsed.error).map(({ path, message }) =>
    path === '' ? `attach: ${message}` : `attach.${path}: ${message}`,
  );
  throw new AttachmentError(problems, parsed.error);
}

/**
 * One stack, `CrossfadeCutover`, that changes nothing except the rules that it adds.
 * @throws AttachmentError, InvalidPlanError
 */
export function attachedApplication(app: App, attachment: Attachment, plan: PlanInput): void {
  inWordsOfTheFile(() => attach(app, attachment, plan));
}

/** The construct's props have the names of the file's fields. */
function inWordsOfTheFile(checked: () => void): void {
  try {
    checked();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AttachmentError([`attach.${error.message.replace(/^\w+ \w+: /, '')}`], error);
  }
}

function attach(app: App, attachment: Attachment, plan: PlanInput): void {
  const stack = new Stack(app, 'CrossfadeCutover', {
    stackName: stackName('CrossfadeCutover', attachment.ingressId),
    description: `Crossfade: the cutover of ${attachment.ingressId}`,
  });
  const cutover = new DualStackCutover(stack, 'Cutover', propsOf(attachment, plan));
  const { ingressId, campaignAccount } = attachment;
  if (campaignAccount !== undefined) {
    const access = new CampaignAccess(stack, 'Campaign', { cutover, ingressId, campaignAccount });
    meetDemands(access, attachment);
  }
  tellOperators(stack, cutover);
}

function propsOf(attachment: Attachment, plan: PlanInput): DualStackCutoverProps {
  return {
    ingressId: attachment.ingressId,
    listeners: listenersOf(attachment),
    groups: groupsOf(attachment.groups),
    plan,
    ...(attachment.services === undefined ? {} : { services: attachment.services }),
    ...(attachment.exerciseFunctionArn === undefined ? {} : { exerciseFunctionArn: attachment.exerciseFunctionArn }),
    ...(attachment.metricProviders === undefined ? {} : { metricProviders: attachment.metricProviders }),
    ...(attachment.chat === undefined ? {} : { chat: channelsOf(attachment.chat) }),
    ...(attachment.permissionsBoundaryArn === undefined
      ? {}
      : { permissionsBoundaryArn: attachment.permissionsBoundaryArn }),
    ...(attachment.tags === undefined ? {} : { tags: attachment.tags }),
    ...(attachment.runbookUrl === undefined ? {} : { runbookUrl: attachment.runbookUrl }),
  };
}

/** The properties of the custom resources for its rules. */
export function plannedRules(attachment: Attachment) {
  return rulesOn(listenersOf(attachment), groupsOf(attachment.groups)).map(([, props]) => ruleProperties(props));
}

function listenersOf({ listeners }: Attachment): CutoverListener[] {
  return listeners.map(({ arn, cohort, ...rest }) => ({
    listener: { listenerArn: arn },
    ...rest,
    ...(cohort === undefined ? {} : { cohort: defined(cohort) }),
  }));
}

/** Without the channels that were not given. */
function channelsOf({ slack, teams, pagerDuty }: NonNullable<Attachment['chat']>): ChatChannels {
  return {
    ...(slack === undefined ? {} : { slack }),
    ...(teams === undefined ? {} : { teams }),
    ...(pagerDuty === undefined ? {} : { pagerDuty }),
  };
}

/** Without the fields that were not given. */
function defined({ priority, header, cookie, sourceIps }: NonNullable<Attachment['listeners'][number]['cohort']>) {
  return {
    priority,
    ...(header === undefined ? {} : { header }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(sourceIps === undefined ? {} : { sourceIps }),
  };
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
