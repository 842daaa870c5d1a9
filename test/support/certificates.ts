/**
 * Issues certificates of an authority that nobody trusts. They are created when a test needs them, so that no stored
 * certificate can expire.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** File of the authority's certificate. */
  readonly authority: string;
  /** Returns a key and a certificate for names such as `DNS:localhost,IP:127.0.0.1`. */
  issue(names: string, days?: number): { readonly key: Buffer; readonly cert: Buffer };
}

/** @returns null if this machine has no OpenSSL */
export function certificates(folder: string): Certificates | null {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const key = (name: string) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file(name));
  try {
    openssl('version');
  } catch {
    return null;
  }
  key('ca.key');
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    file('ca.key'),
    '-subj',
    '/CN=Authority of a test',
    '-days',
    '2',
    '-out',
    file('ca.pem'),
  );
  let made = 0;
  return {
    authority: file('ca.pem'),
    issue(names, days = 1) {
      const name = String(++made);
      key(`${name}.key`);
      writeFileSync(file(`${name}.cnf`), `subjectAltName=${names}\n`);
      openssl('req', '-new', '-key', file(`${name}.key`), '-subj', '/CN=a service', '-out', file(`${name}.csr`));
      const signed = [
        '-req',
        '-in',
        file(`${name}.csr`),
        '-CA',
        file('ca.pem'),
        '-CAkey',
        file('ca.key'),
        '-CAcreateserial',
      ];
      const rest = ['-extfile', file(`${name}.cnf`), '-days', String(days), '-out', file(`${name}.pem`)];
      openssl('x509', ...signed, ...rest);
      return { key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) };
    },
  };
}
