import { describe, expect, it } from 'vitest';
import { deploymentSchema } from '../../core/model/deployment.ts';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import { NOTICE_KINDS, type Notice } from '../../core/model/ports.ts';
import { consoleLinks } from '../../core/status/console-links.ts';
import { statusEvent, statusEventSchema } from '../../core/status/status-event.ts';
import { statusText } from '../../core/status/status-text.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const AT = { id: 'one', at: '2026-11-26T03:00:00.000Z' };
const notice: Notice = {
  kind: 'phase',
  cutoverId: cutoverIdSchema.parse('spring'),
  phase: 'stage 10 %',
  candidatePercent: 10,
  subject: 'Crossfade spring: stage 10 %',
  body: 'Candidate 10 %, verified.',
};

function deployedIn(partition: string, region: string, runbookUrl?: string) {
  const arn = `arn:${partition}:elasticloadbalancing:${region}:123456789012:listener-rule/app/lb/1/2/3`;
  const [, rest] = DEPLOYMENT.rules;
  return deploymentSchema.parse({
    ...DEPLOYMENT,
    rules: [{ arn, roles: ['stable', 'candidate'] }, rest],
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
  });
}

describe('a status event', () => {
  it.each(NOTICE_KINDS)('is read by its own schema: %s', (kind) => {
    const event = statusEvent(deployedIn('aws', 'eu-west-1'), { ...notice, kind }, AT);
    expect(statusEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it('keeps fields of a later version for whoever reads it', () => {
    const event = { ...statusEvent(DEPLOYMENT, notice, AT), weather: 'fine' };
    expect(statusEventSchema.parse(event)).toHaveProperty('weather', 'fine');
  });

  it('is critical only while a rollback cannot complete', () => {
    const critical = NOTICE_KINDS.filter(
      (kind) => statusEvent(DEPLOYMENT, { ...notice, kind }, AT).severity === 'critical',
    );
    expect(critical).toEqual(['waiting']);
  });

  it('says null of a run that is not known', () => {
    const { phase: _phase, candidatePercent: _percent, ...bare } = notice;
    expect(statusEvent(DEPLOYMENT, { ...bare, cutoverId: null }, AT)).toMatchObject({
      cutoverId: null,
      phase: null,
      candidatePercent: null,
      signoff: null,
    });
  });
});

describe('links', () => {
  it.each([
    ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
    ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/'],
    ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
  ])('of partition %s lead to its own console', (partition, region, host) => {
    const links = Object.values(consoleLinks(deployedIn(partition, region)));
    expect(links).toHaveLength(3);
    for (const link of links) expect(link.startsWith(host)).toBe(true);
  });

  it('name the machine by its whole ARN', () => {
    expect(consoleLinks(deployedIn('aws-cn', 'cn-north-1')).machine).toContain(
      'arn:aws-cn:states:cn-north-1:123456789012:stateMachine:gateway-cutover',
    );
  });

  it('are none where no region is known, as on a laptop, and of an unknown partition', () => {
    expect(consoleLinks(DEPLOYMENT)).toEqual({});
    expect(consoleLinks(deployedIn('aws-elsewhere', 'x-1'))).toEqual({});
  });

  it('lead to a runbook of the user’s own where there is one', () => {
    const own = 'https://wiki.example/crossfade';
    expect(consoleLinks(deployedIn('aws', 'eu-west-1', own)).runbook).toBe(own);
    expect(consoleLinks({ ...DEPLOYMENT, runbookUrl: own })).toEqual({ runbook: own });
  });
});

describe('the text of a mail', () => {
  it('ends in the links', () => {
    const text = statusText(statusEvent(deployedIn('aws', 'eu-west-1'), notice, AT));
    expect(text.split('\n').map((line) => line.split(':')[0])).toEqual([
      'Candidate 10 %, verified.',
      '',
      'Runbook',
      'Dashboard',
      'Executions',
    ]);
  });

  it('says what has to be done before the links', () => {
    const text = statusText(statusEvent(deployedIn('aws', 'eu-west-1'), { ...notice, todo: 'Nothing to do now.' }, AT));
    expect(text).toMatch(/verified\.\n\nNothing to do now\.\n\nRunbook: https/);
  });

  it('is the sentence alone where there are none', () => {
    expect(statusText(statusEvent(DEPLOYMENT, notice, AT))).toBe(notice.body);
  });
});
