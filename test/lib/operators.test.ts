/** What a deployment tells its operators, and what its account may require of it. */
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_NAMES, SYMPTOMS } from '../../core/runbook/index.ts';
import { attachedApplication, parseAttachment } from '../../lib/attached-application.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/everybody';

describe('an attached cutover', () => {
  let template: Template;
  beforeAll(() => {
    const app = templatesOnly();
    const demanded = { permissionsBoundaryArn: BOUNDARY, tags: { team: 'shop' }, campaignAccount: '111122223333' };
    attachedApplication(app, parseAttachment({ ...ATTACHMENT, ...demanded }), {});
    template = Template.fromStack(app.node.findChild('CrossfadeCutover') as Stack);
  });

  it('names in its outputs all that operators look for', () => {
    const told = Object.entries(template.toJSON().Outputs).map(([name]) => name);
    const policies = ['ReadPolicy', 'StartPolicy', 'ApprovePolicy', 'RollbackPolicy'];
    const kept = ['LedgerTable', 'StatusTopic', 'DeadLetters', 'CapturedPairs', 'ParityStream'];
    const run = ['StateMachineAlias', 'RollbackFunction', 'Functions', 'Dashboard', 'Runbook'];
    expect(told).toEqual(expect.arrayContaining([...policies, ...kept, ...run]));
  });

  it('has on its dashboard the widgets to which its runbook sends people', () => {
    const boards = JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'));
    const texts = Object.values(SYMPTOMS).flatMap(({ steps }) => steps(EXAMPLE_NAMES).map(({ text }) => text));
    const titles = texts.flatMap((text) => [...text.matchAll(/dashboard, “([^”]+)”/gi)].map(([, title]) => title));
    expect(titles.length).toBeGreaterThanOrEqual(4);
    expect(titles.filter((title) => !boards.includes(`\\"title\\":\\"${title}`))).toEqual([]);
    for (const status of [502, 503, 504]) expect(boards).toContain(`HTTPCode_ELB_${status}_Count`);
  });

  it('bounds every role that it makes, and tags what takes tags', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(10);
    for (const { Properties } of roles) {
      expect(Properties.PermissionsBoundary).toBe(BOUNDARY);
      expect(Properties.Tags).toContainEqual({ Key: 'team', Value: 'shop' });
    }
  });
});
