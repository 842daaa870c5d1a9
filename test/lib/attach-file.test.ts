/** Tests the file of `-c attach`: each error names the field of the file that is wrong. */
import { describe, expect, it } from 'vitest';
import { AttachmentError, attachedApplication, parseAttachment } from '../../lib/attached-application.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';

const [listener] = ATTACHMENT.listeners;
const { groups } = ATTACHMENT;
const attach = (input: unknown) => () => attachedApplication(templatesOnly(), parseAttachment(input), {});

describe('an attach file is refused, and its field named', () => {
  it.each<[string, unknown, string]>([
    ['nothing', null, 'attach: '],
    ['a list', [], 'attach: '],
    ['an unknown key', { ...ATTACHMENT, wieghts: 1 }, 'attach.wieghts: unknown key'],
    ['no ingress id', { ...ATTACHMENT, ingressId: undefined }, 'attach.ingressId: '],
    ['an ingress id with a space', { ...ATTACHMENT, ingressId: 'a b' }, 'attach.ingressId: must be 1 to 40 letters'],
    ['no listener', { ...ATTACHMENT, listeners: [] }, 'attach.listeners: '],
    [
      'a network load balancer',
      { ...ATTACHMENT, listeners: [{ ...listener, arn: listener?.arn.replace('/app/', '/net/') }] },
      'attach.listeners.0.arn: must be the ARN of an application load balancer',
    ],
    [
      'half a priority',
      { ...ATTACHMENT, listeners: [{ ...listener, priority: 1.5 }] },
      'attach.listeners.0.priority: ',
    ],
    ['no path at all', { ...ATTACHMENT, listeners: [{ ...listener, paths: [] }] }, 'attach.listeners.0.paths: '],
    [
      'a path with a space',
      { ...ATTACHMENT, listeners: [{ ...listener, paths: ['/a b'] }] },
      'listeners.0.paths.0 must be of ASCII',
    ],
    [
      'a path in letters of its own',
      { ...ATTACHMENT, listeners: [{ ...listener, paths: ['/ä'] }] },
      'listeners.0.paths.0 must be of ASCII',
    ],
    [
      'the field Host as a header',
      { ...ATTACHMENT, listeners: [{ ...listener, headers: [{ name: 'HOST', values: ['a.example'] }] }] },
      'attach.listeners.0.headers.0.name must not be Host',
    ],
    ['no groups', { ...ATTACHMENT, groups: undefined }, 'attach.groups: '],
    [
      'a group that is none',
      { ...ATTACHMENT, groups: { ...groups, stable: 'tg-1' } },
      'attach.groups.stable: must be the ARN',
    ],
    [
      'one group on both sides',
      { ...ATTACHMENT, groups: { ...groups, candidate: groups.stable } },
      'attach.groups.candidate must be another target group',
    ],
    [
      'half a mirror',
      { ...ATTACHMENT, groups: { ...groups, mirrorReverse: undefined } },
      'attach.groups.mirrorForward and groups.mirrorReverse go together',
    ],
    [
      'a boundary that is no policy',
      { ...ATTACHMENT, permissionsBoundaryArn: 'arn:aws:iam::123456789012:role/ops' },
      'attach.permissionsBoundaryArn: must be the ARN of a managed policy',
    ],
    ['a tag without a key', { ...ATTACHMENT, tags: { '': 'shop' } }, 'attach.tags'],
    ['a runbook that is no address', { ...ATTACHMENT, runbookUrl: 'runbook' }, 'attach.runbookUrl: '],
    [
      'a service without a name',
      { ...ATTACHMENT, services: { stable: { cluster: 'c' } } },
      'attach.services.stable.service: ',
    ],
  ])('%s', (_name, input, says) => {
    // The parser itself refuses, before anything is created.
    expect(() => parseAttachment(input)).toThrow(AttachmentError);
    expect(attach(input)).toThrow(says);
    expect(attach(input)).not.toThrow(/plan/i);
  });
});
