/**
 * The CDK application that `cdk deploy` deploys: the reference application from nothing, or, with `-c attach=FILE`, a
 * cutover onto a load balancer and services that exist (docs/how-to/deploy.md).
 */
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { assertPlan } from '../core/model/index.ts';
import { attachedApplication, parseAttachment } from '../lib/attached-application.ts';
import { referenceApplication } from '../lib/reference-application.ts';

const contextSchema = z.object({
  ingressId: z.string().default('gateway'),
  certificateArn: z.string().startsWith('arn:').optional(),
  /** A plan's file: alarm thresholds and retention follow from it. */
  plan: z.string().optional(),
  /** A file that names what exists. */
  attach: z.string().optional(),
});

const app = new App();
const context = contextSchema.parse(
  Object.fromEntries(Object.keys(contextSchema.shape).map((key) => [key, app.node.tryGetContext(key)])),
);
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const plan = context.plan === undefined ? {} : readJson(context.plan);
// Refused here with every field named, before the first construct is made.
assertPlan(plan);

if (context.attach !== undefined) attachedApplication(app, parseAttachment(readJson(context.attach)), plan);
else {
  const { ingressId, certificateArn } = context;
  referenceApplication(app, { ingressId, plan, ...(certificateArn === undefined ? {} : { certificateArn }) });
}

app.synth();
