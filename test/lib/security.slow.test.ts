import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  type NagPack,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
} from 'cdk-nag';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { attachedApplication } from '../../lib/attached-application.ts';
import { campaignApplication } from '../../lib/campaign-application.ts';
import { referenceApplication } from '../../lib/reference-application.ts';
import { ATTACHMENT } from './attachment.ts';

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const { context } = cdkJson.parse(JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')));

// Run the CDK's own validation of both applications: an error ends the synthesis.
vi.stubEnv('CDK_VALIDATION', 'true');

/** Returns the findings of a pack that nobody acknowledged, as `rule: construct`. */
function findings(build: (app: App) => void, pack: NagPack = new AwsSolutionsChecks()): string[] {
  const app = new App({ context });
  build(app);
  app.synth();
  const { violations } = pack.validateScope(app);
  return violations.flatMap((v) => v.violatingResources.map((r) => `${v.ruleName}: ${r.constructPath}`));
}

const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';

describe('the AwsSolutions pack', () => {
  it('is really run: it finds a bucket that nobody secured', () => {
    const found = findings((app) => void new Bucket(new Stack(app, 'Careless'), 'Bucket'));
    expect(found).toContain('AwsSolutions-S1: Careless/Bucket/Resource');
  });

  it('finds nothing in the reference application that is not acknowledged with a reason', () => {
    expect(findings((app) => referenceApplication(app, { ingressId: 'gateway', certificateArn }))).toEqual([]);
  });

  it('finds nothing in the machine of campaigns', () => {
    expect(findings((app) => campaignApplication(app, ['111122223333']))).toEqual([]);
  });

  it('finds nothing in a cutover that is attached to an existing load balancer', () => {
    expect(findings((app) => attachedApplication(app, ATTACHMENT, {}))).toEqual([]);
  });
});

it('the packs for HIPAA, NIST and PCI find in an attached cutover what the page answers, and no more', () => {
  const page = readFileSync(new URL('../../docs/explanation/checkov.md', import.meta.url), 'utf8');
  const answered = [...page.matchAll(/^\| (`.+`) \|/gm)].flatMap(([, rules = '']) => rules.match(/\w+/g) ?? []);
  const packs = [HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks];
  const found = packs.flatMap((Pack) => findings((app) => attachedApplication(app, ATTACHMENT, {}), new Pack()));
  expect(new Set(found.map((finding) => /-(\w+):/.exec(finding)?.[1]))).toEqual(new Set(answered));
});
