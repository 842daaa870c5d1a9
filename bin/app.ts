/**
 * The CDK application for `cdk deploy`: the complete reference application; with `-c attach=FILE` a cutover for an
 * existing load balancer and existing services (docs/how-to/deploy.md); or with `-c campaignAccounts=…` the machine of
 * campaigns (docs/how-to/run-a-campaign.md).
 */
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { plainLines, readJsonFile, UsageError } from '../cli/shared/index.ts';
import { assertPlan, InvalidPlanError } from '../core/model/index.ts';
import { describeProblems, wordIssue } from '../input/index.ts';
import { AttachmentError, attachedApplication, parseAttachment } from '../lib/attached-application.ts';
import { campaignApplication } from '../lib/campaign-application.ts';
import { referenceApplication } from '../lib/reference-application.ts';

const contextSchema = z.object({
  ingressId: z.string().default('gateway'),
  certificateArn: z.string().startsWith('arn:', { error: 'must be an ARN' }).optional(),
  /** A plan file, which determines alarm thresholds and retention. */
  plan: z.string().optional(),
  /** A file that names existing resources. */
  attach: z.string().optional(),
  /** Accounts of the services that campaigns may move, separated by commas; deploys only the machine of campaigns. */
  campaignAccounts: z
    .string()
    .regex(/^\d{12}(,\d{12})*$/, { error: 'must be accounts of twelve digits, with commas between them' })
    .optional(),
});

function synthesise(): void {
  const app = new App();
  const given = Object.fromEntries(Object.keys(contextSchema.shape).map((key) => [key, app.node.tryGetContext(key)]));
  const context = contextSchema.safeParse(given, { error: wordIssue });
  if (!context.success) throw new UsageError(`-c: ${describeProblems(context.error, 'context')}`);
  const { ingressId, certificateArn, attach, campaignAccounts } = context.data;
  const plan = context.data.plan === undefined ? {} : readJsonFile('-c plan', context.data.plan);
  // An invalid plan is refused here with every field named, before the first construct is created.
  assertPlan(plan);
  if (campaignAccounts !== undefined) campaignApplication(app, campaignAccounts.split(','));
  else if (attach !== undefined) attachedApplication(app, parseAttachment(readJsonFile('-c attach', attach)), plan);
  else referenceApplication(app, { ingressId, plan, ...(certificateArn === undefined ? {} : { certificateArn }) });
  app.synth();
}

try {
  synthesise();
} catch (error) {
  const badInput =
    error instanceof UsageError ||
    error instanceof AttachmentError ||
    error instanceof InvalidPlanError ||
    error instanceof RangeError;
  if (!badInput) throw error;
  // A stack trace would hide the field.
  console.error(plainLines(error.message));
  process.exitCode = 1;
}
