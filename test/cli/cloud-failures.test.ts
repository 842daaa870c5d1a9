/**
 * Commands when AWS does not answer as it should: the error names the command, says what was changed, and what to do.
 */
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossfade } from '../support/cli.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';

const folder = temporaryFolder();
let file: string;
beforeAll(async () => {
  file = join(folder.path, 'deployment.json');
  const rules = DEPLOYMENT.rules.map((rule, i) => ({
    ...rule,
    arn: `arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/shop/1/2/${i}`,
  }));
  await writeFile(file, JSON.stringify({ ...DEPLOYMENT, rules }));
});

/** Hides this machine's own AWS settings. */
const NO_SETTINGS = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
};
const REGION = { ...NO_SETTINGS, AWS_REGION: 'us-east-1' };
const KEYS = { ...REGION, AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
const REFUSING = { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };

const COMMANDS: readonly (readonly [command: string, left: string])[] = [
  ['status', 'Nothing was changed.'],
  ['export', 'Nothing was changed.'],
  ['rules show', 'Nothing was changed.'],
  ['rollback', 'Nothing was changed: no weight was written'],
  ['rollback --break-glass', 'Nothing was changed: no weight was written'],
  ['approve first', 'Nothing was changed. The sign-off waits as before.'],
  ['refuse first', 'Nothing was changed. The sign-off waits as before.'],
  ['drill', 'Nothing was changed.'],
  ['list', 'Nothing was changed.'],
  ['history first', 'Nothing was changed.'],
  ['watch first', 'Nothing was changed.'],
  ['wait first --for complete --timeout PT1M', 'Nothing was changed.'],
  ['start --yes', 'Nothing was changed.'],
  ['pause first', 'Nothing was changed.'],
  ['resume first', 'Nothing was changed.'],
  ['promote first', 'Nothing was changed.'],
  ['retry first', 'Nothing was changed.'],
  ['abort first --reason wrong', 'Nothing was changed.'],
];
const run = (command: string, environment: Record<string, string>) =>
  crossfade([...command.split(' '), '--deployment', file, ...evidenceOf(command)], environment);
const evidenceOf = (command: string) => (command === 'drill' ? ['--evidence', join(folder.path, 'drill.json')] : []);

describe.each(COMMANDS)('crossfade %s', (command, left) => {
  it.each([
    ['no region', NO_SETTINGS, 2, 'AWS region: none is set', 'set AWS_REGION'],
    [
      'a region that is none',
      { ...KEYS, AWS_REGION: 'us east 1' },
      2,
      'the region that is set does not exist',
      'set AWS_REGION',
    ],
    [
      'an endpoint that is no URL',
      { ...KEYS, AWS_ENDPOINT_URL: 'not a url' },
      2,
      'AWS_ENDPOINT_URL, or an endpoint of the profile, is not a URL',
      'set it to a URL',
    ],
    ['no credentials', REGION, 2, 'AWS credentials: none were found', 'set AWS_PROFILE'],
    ['an endpoint that refuses', REFUSING, 3, 'AWS could not be reached', 'check the region'],
  ])('with %s it says what was changed and what to do', async (_name, environment, code, what, next) => {
    const result = await run(command, environment);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(what);
    expect(result.stderr).toContain(left);
    expect(result.stderr).toMatch(new RegExp(`^Next: .*${next}`, 'm'));
    expect(result.stderr).not.toMatch(/the same task is tried again|Next: nothing|Crossfade\.|^ {4}at /m);
  });
});

const IDENTITY =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:user/ops</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';

describe('credentials and regions that are set, and are none', () => {
  const profiles = () => join(folder.path, 'profiles');
  beforeAll(() =>
    writeFile(
      profiles(),
      `[profile keys]
aws_access_key_id = k
aws_secret_access_key = s
[profile chain]
role_arn = arn:aws:iam::123456789012:role/Ops
source_profile = nowhere
region = eu-west-3
[profile process]
credential_process = /bin/false
region = eu-west-3
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/Ops
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/ops
region = eu-west-3
[profile login]
login_session = arn:aws:iam::123456789012:user/ops
region = eu-west-3
`,
    ),
  );
  const NO_REGION = 'set AWS_REGION, or AWS_PROFILE to a profile that exists and has a region';

  it.each<[string, Record<string, string>, string]>([
    ['a profile that does not exist', { AWS_PROFILE: 'nosuch' }, NO_REGION],
    ['a profile without a region', { AWS_PROFILE: 'keys' }, NO_REGION],
    ['an empty AWS_REGION', { AWS_REGION: '', AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' }, NO_REGION],
    ['empty keys', { ...KEYS, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'says what a profile lacks'],
    ['a chain of roles that ends nowhere', { AWS_PROFILE: 'chain' }, 'says what a profile lacks'],
    ['a process that gives none', { AWS_PROFILE: 'process' }, 'says what a profile lacks'],
    ['a role that wants a code', { AWS_PROFILE: 'mfa' }, 'aws configure export-credentials'],
    ['a login that is over', { AWS_PROFILE: 'login' }, '`aws login`'],
  ])('%s: the advice is about what is set', async (_name, environment, next) => {
    const result = await run('list', {
      ...NO_SETTINGS,
      HOME: folder.path,
      ...environment,
      AWS_CONFIG_FILE: profiles(),
    });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr.split('Next: ')[1]).toContain(next);
    expect(result.stderr).not.toMatch(/ENOENT|callback|hostname component/);
  });
});

/** Runs the command against an AWS that answers every call with `listener`. */
async function answering(listener: RequestListener, command: string) {
  const aws = await serve(listener);
  try {
    return await run(command, { ...KEYS, AWS_ENDPOINT_URL: aws.url });
  } finally {
    await aws.stop();
  }
}

describe('an answer of AWS that is no', () => {
  const json =
    (type: string, message: string): RequestListener =>
    (_q, r) =>
      r.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ __type: type, message }));

  it.each([
    ['ExpiredTokenException', 2, 'they are not valid, or have expired'],
    ['UnrecognizedClientException', 2, 'they are not valid, or have expired'],
    ['AccessDeniedException', 3, 'they do not allow what this command needs'],
    ['ThrottlingException', 3, 'AWS throttled the call'],
    ['ResourceNotFoundException', 3, 'AWS has no such resource in this account and region'],
  ])('%s is told as what it means', async (type, code, says) => {
    const result = await answering(json(type, 'no'), 'approve first');
    expect(result).toMatchObject({ code, stderr: expect.stringContaining(says) });
  });

  const page =
    (status: number, body: string): RequestListener =>
    (_q, r) =>
      r.writeHead(status, { 'content-type': 'text/html' }).end(body);
  const GARBLED = 'The answer did not come from AWS, or could not be understood';

  const NOT_OF_AWS: readonly (readonly [name: string, listener: RequestListener, says: string])[] = [
    ['a login page', page(200, '<html>Log in</html>'), GARBLED],
    ["a proxy's refusal", page(403, '<html>Forbidden</html>'), GARBLED],
    ['half an answer', page(200, '{"Items":['), GARBLED],
    ['a failure', page(503, ''), 'AWS failed to answer (HTTP 503)'],
  ];
  const PARSERS = /SyntaxError|ZodError|TypeError|Deserialization|\$response|Unknown: |^ {4}at /m;

  it.each(NOT_OF_AWS)('%s is told without the words of parsers', async (_name, listener, says) => {
    for (const command of ['approve first', 'status', 'list'])
      expect((await answering(listener, command)).stderr, command).not.toMatch(PARSERS);
    expect(await answering(listener, 'list')).toMatchObject({ code: 3, stderr: expect.stringContaining(says) });
  });

  // A login page is taken for the answer to a write, which is then read back for 16 seconds: process.slow.test.ts.
  it.each(NOT_OF_AWS.slice(1))('%s to a rollback is told without the words of parsers', async (_name, listener) => {
    expect((await answering(listener, 'rollback')).stderr).not.toMatch(PARSERS);
  });

  it.each(['start --yes --name nightly', 'drill --name nightly'])(
    '%s says that a name was used before',
    async (command) => {
      const used = json('ExecutionAlreadyExists', 'Execution Already Exists');
      const result = await answering(
        (q, r) =>
          q.headers['x-amz-target'] === 'AWSStepFunctions.StartExecution'
            ? used(q, r)
            : r.writeHead(200, { 'content-type': 'text/xml' }).end(IDENTITY),
        command,
      );
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(result.stderr).toContain('--name: a run "nightly" was started before; names cannot be used twice');
    },
  );

  it('a drill that preflight refuses has tripped no alarm, and says so', async () => {
    const answers: Readonly<Record<string, object>> = {
      'AWSStepFunctions.StartExecution': {
        executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:n',
        startDate: 1,
      },
      'AWSStepFunctions.DescribeExecution': { status: 'FAILED', cause: 'The cutover is refused: an alarm is red.' },
    };
    const result = await answering(
      (q, r) =>
        q.headers['x-amz-target'] === undefined
          ? r.writeHead(200, { 'content-type': 'text/xml' }).end(IDENTITY)
          : r
              .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
              .end(JSON.stringify(answers[String(q.headers['x-amz-target'])] ?? {})),
      'drill --name nightly',
    );
    expect(result).toMatchObject({ code: 1, stderr: '' });
    expect(result.stdout).toContain('an alarm is red');
    expect(result.stdout).toMatch(/no alarm was tripped, and no traffic was moved\.\n$/);
  });

  it('never steers the terminal', async () => {
    const result = await answering(json('ValidationException', 'red\u001b[31m\u009b2J'), 'approve first');
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('red\u{fffd}[31m\u{fffd}2J') });
  });
});
