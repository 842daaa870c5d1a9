/** The error names that AWS services and Node's sockets use, and what a command makes of each. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toldFailure } from '../../cli/shared/failure-kinds.ts';

const named = (name: string, message = 'x') => toldFailure(Object.assign(new Error(message), { name }));

describe('a failure of AWS is told as what it means', () => {
  it.each([
    ['RequestExpired', 'clock'],
    ['RequestTimeTooSkewed', 'clock'],
    ['AuthFailure', 'not valid, or have expired'],
    ['MissingAuthenticationTokenException', 'not valid, or have expired'],
    ['InvalidSignatureException', 'not valid, or have expired'],
    ['AuthorizationErrorException', 'do not allow'],
    ['KMSAccessDeniedException', 'do not allow'],
    ['KMSDisabledException', 'KMS key'],
    ['KMSInvalidStateException', 'KMS key'],
    ['SubscriptionRequiredException', 'not enabled'],
    ['SlowDown', 'throttled'],
    ['InternalServerError', 'failed to answer'],
    ['RuleNotFoundException', 'no such resource'],
    ['ClusterNotFoundException', 'no such resource'],
    ['ExecutionDoesNotExist', 'no such resource'],
    ['NoSuchBucket', 'no such resource'],
  ])('%s: %s', (name, says) => {
    expect(named(name)?.what).toContain(says);
  });

  it.each(['Signature expired: 1 is now earlier than 2', 'Signature not yet current: 2 is still later than 1'])(
    'of the same name as a wrong key, by its message: %s',
    (message) => {
      expect(named('InvalidSignatureException', message)?.what).toContain('clock');
    },
  );

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ENETDOWN', 'could not be reached'],
  ])('a socket’s %s: %s', (code, says) => {
    expect(toldFailure(Object.assign(new Error('x'), { code }))?.what).toContain(says);
  });

  it.each([
    [join(tmpdir(), 'crossfade-x'), 'set TMPDIR to a folder with room'],
    ['/srv/plan.json', ''],
  ])('a full disk below %s', (path, first) => {
    const full = Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'write', path });
    expect(toldFailure(full)?.first).toContain(first);
    expect(toldFailure(full)?.first === '').toBe(first === '');
  });

  it('an error of nobody is left to speak for itself', () => {
    expect(named('RangeError')).toBeNull();
  });
});
