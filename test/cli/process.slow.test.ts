/**
 * Commands that take longer: signals while they synthesise or wait for AWS, and a rollback that a login page answers.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, crossfade } from '../support/cli.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';
import { ended, errorsOf } from './command-process.ts';

const folder = temporaryFolder();

describe('the process of a command', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with 130 on %s while it synthesises, and leaves nothing',
    async (signal) => {
      const temporary = await mkdtemp(join(folder.path, 'tmp-'));
      const child = spawn(process.execPath, [CLI, 'rehearse', '--report', join(folder.path, 'report.html')], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TMPDIR: temporary },
      });
      child.stdout?.once('data', () => child.kill(signal));
      const [code, errors] = await Promise.all([ended(child), errorsOf(child)]);
      expect({ code, errors }).toEqual({ code: 130, errors: '' });
      expect(readdirSync(temporary).filter((name) => name.startsWith('crossfade'))).toEqual([]);
    },
  );
});

const IDENTITY =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:user/ops</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';

describe('a command that a signal ends while AWS has not answered', () => {
  it.each([
    ['SIGINT', 'status', /^Interrupted\. Nothing was changed\.\nNext: run it again\.$/m],
    [
      'SIGINT',
      'start --yes --name nightly',
      /The cutover nightly may have been started: the answer was lost\.\nNext: read/,
    ],
    [
      'SIGTERM',
      'rollback',
      /no weight was written, and traffic is where it was\.\nNext: run `crossfade rollback` again/,
    ],
    ['SIGHUP', 'approve first', /Nothing was changed\. The sign-off waits as before\.\nNext: read/],
    ['SIGHUP', 'watch first', /^Interrupted\. Nothing was changed\. A cutover continues without this command\.$/m],
  ] as const)('%s: %s says what it leaves behind', async (signal, command, says) => {
    const file = join(folder.path, 'deployment.json');
    const rules = DEPLOYMENT.rules.map((rule, i) => ({
      ...rule,
      arn: `arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/shop/1/2/${i}`,
    }));
    await writeFile(file, JSON.stringify({ ...DEPLOYMENT, rules }));
    const asked = Promise.withResolvers<void>();
    const aws = await serve(hangingAfterIdentity(asked.resolve));
    const child = spawn(process.execPath, [CLI, ...command.split(' '), '--deployment', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'k',
        AWS_SECRET_ACCESS_KEY: 's',
        AWS_ENDPOINT_URL: aws.url,
      },
    });
    const end = Promise.all([ended(child), errorsOf(child)]);
    await asked.promise;
    child.kill(signal);
    const [code, errors] = await end;
    await aws.stop();
    expect({ code, errors }).toEqual({ code: 130, errors: expect.stringMatching(says) });
  });
});

describe('a rollback whose write a login page answers', () => {
  it('reads the listener in vain, and says so without the words of parsers', async () => {
    const aws = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
    );
    const file = join(folder.path, 'logged-out.json');
    await writeFile(file, JSON.stringify(DEPLOYMENT));
    const result = await crossfade(['rollback', '--deployment', file], {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_ENDPOINT_URL: aws.url,
    });
    await aws.stop();
    expect(result.code).toBe(3);
    expect(result.stderr).toContain(
      'were written, but the listener could not be read: DescribeRules answered without rule rule/safe; perhaps a proxy or a login page answered in place of AWS.\n',
    );
    expect(result.stderr).toMatch(/^The listener may not have the weights that were written: /);
    expect(result.stderr).not.toMatch(/SyntaxError|ZodError|TypeError|Deserialization|\$response|Unknown: |^ {4}at /m);
  });
});

/** Answers only the question of who the caller is; every other call hangs. */
function hangingAfterIdentity(asked: () => void): RequestListener {
  return (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      if (body.includes('GetCallerIdentity')) response.writeHead(200, { 'content-type': 'text/xml' }).end(IDENTITY);
      else asked();
    });
  };
}
