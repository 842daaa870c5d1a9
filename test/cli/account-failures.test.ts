/**
 * `doctor` and `accept` when AWS denies the call, gives no valid answer, or is another account: each says so in a
 * sentence, before anything is created.
 */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';

const folder = temporaryFolder();
const arnOf = (resource: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${resource}`;
const ATTACH = JSON.stringify({
  ingressId: 'shop',
  listeners: [{ arn: arnOf('listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2'), priority: 30, paths: ['/api/*'] }],
  groups: {
    stable: arnOf('targetgroup/stable/0123456789abcdef'),
    candidate: arnOf('targetgroup/candidate/0123456789abcdef'),
  },
});

const error = (code: string, message = 'no') =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
const caller = (arn: string) =>
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>A</UserId><Account>${arn.split(':')[4]}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

let aws: Awaited<ReturnType<typeof serve>>;
let answer: readonly [status: number, body: string];
/** Every operation that was called. */
let called: string[];
beforeEach(async () => {
  called = [];
  aws = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      called.push(new URLSearchParams(body).get('Action') ?? `${request.method} ${request.url}`);
      response.writeHead(answer[0], { 'content-type': 'text/xml' }).end(answer[1]);
    });
  });
});
afterEach(() => aws.stop());

const run = async (command: string) => {
  const environment = {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'k',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_ENDPOINT_URL: aws.url,
  };
  const own =
    command === 'doctor'
      ? ['--attach', await folder.file(ATTACH, 'attach.json')]
      : ['--yes', '--account', '123456789012', '--evidence', join(folder.path, 'acceptance.json')];
  return crossfade([command, ...own], environment);
};

const GARBLED = 'The answer did not come from AWS, or could not be understood';
const INVALID = 'AWS credentials: they are not valid, or have expired';

describe.each([
  ['doctor', 'Nothing was changed.'],
  ['accept', 'Nothing was made.'],
])('crossfade %s', (command, left) => {
  it.each<[string, readonly [number, string], number, string]>([
    ['whose token has expired', [403, error('ExpiredToken')], 2, INVALID],
    ['whose key nobody knows', [403, error('InvalidClientTokenId')], 2, INVALID],
    ['whose clock is off', [403, error('SignatureDoesNotMatch')], 2, INVALID],
    ['that may do nothing', [403, error('AccessDenied', 'sts:GetCallerIdentity')], 2, 'sts:GetCallerIdentity'],
    ['of another account', [200, caller('arn:aws:iam::999900001111:root')], 2, '999900001111'],
    ['behind a login page', [200, '<html><body>Log in</body></html>'], 3, GARBLED],
    ['behind a proxy that says nothing', [200, ''], 3, GARBLED],
    ['behind a proxy that fails', [502, 'Bad gateway'], 3, ''],
  ])('of a caller %s calls nothing else, and says so', async (_who, given, code, says) => {
    answer = given;
    const result = await run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(says);
    expect(result.stderr).toContain(left);
    expect(result.stderr).toContain('Next: ');
    expect(result.stderr).not.toMatch(/^ {4}at |undefined/m);
    expect(new Set(called)).toEqual(new Set(['GetCallerIdentity']));
  });
});

describe.each(['aws-cn', 'aws-us-gov'])('crossfade doctor with credentials of %s', (partition) => {
  it('takes no listener of another partition for its own', async () => {
    answer = [200, caller(`arn:${partition}:iam::123456789012:root`)];
    const { code, stderr } = await run('doctor');
    expect(code).toBe(2);
    expect(stderr).toContain(`is in the partition aws, but these credentials are of ${partition}.`);
    expect(called).toEqual(['GetCallerIdentity']);
  });
});
