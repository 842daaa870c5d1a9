/** TLS services: which authorities a command trusts, and what is wrong if it does not trust a certificate. */
import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { codeOf } from '../../input/index.ts';
import { readBytes } from './read-file.ts';
import { UsageError } from './usage-error.ts';

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/**
 * Certificates (PEM) from a file that are trusted in addition to those that Node trusts; without a file, only those.
 * @throws UsageError that names the option and the file
 */
export function readAuthorities(option: string, file: string | undefined): readonly string[] | undefined {
  if (file === undefined) return undefined;
  const found = readBytes(option, file).toString('latin1').match(CERTIFICATE) ?? [];
  const wrong = found.find((text) => !isCertificate(text));
  if (found.length === 0 || wrong !== undefined)
    throw new UsageError(
      `${option}: ${file} ${found.length === 0 ? 'holds no certificate' : 'holds a certificate that cannot be read'}: give the authority's certificate as PEM (-----BEGIN CERTIFICATE-----)`,
    );
  return [...usual(), ...found];
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== null;
  } catch {
    return false;
  }
}

/** Includes those of NODE_EXTRA_CA_CERTS, if Node can list them (22.15 and newer). */
function usual(): readonly string[] {
  const { getCACertificates }: { readonly getCACertificates?: typeof tls.getCACertificates } = tls;
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_UNTRUSTED',
]);

/** Why a service cannot be called over TLS, as a sentence; null if the reason is another. */
export function tlsProblem(origin: string, error: unknown): string | null {
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : '';
  if (UNTRUSTED.has(code))
    return `the certificate of ${origin} is signed by an authority that this machine does not trust; give that authority's certificate by --ca FILE`;
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return `the certificate of ${origin} is signed by itself; give it, or the authority of another one, by --ca FILE`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${origin} has expired; renew it`;
  if (code === 'CERT_NOT_YET_VALID')
    return `the certificate of ${origin} is not valid yet; look at the clocks of both machines`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${origin} is for another name (${namesIn(error)}); ask the service by a name that it holds`;
  if (/packet length too long|wrong version number|http request/i.test(message))
    return `${origin} speaks no TLS; give it as http://`;
  if (/ALERT.*(?:CERTIFICATE|HANDSHAKE)/.test(code) && !/UNKNOWN_CA|EXPIRED/.test(code))
    return `${origin} refused the handshake (${code}); if it requires a client certificate, reach it through a proxy that has one`;
  if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO$|CERT_)/.test(code)) return `${origin} cannot be asked over TLS (${code})`;
  return null;
}

/** The names in the rejected certificate. */
function namesIn(error: unknown): string {
  const cert = error instanceof Error && 'cert' in error ? error.cert : null;
  const names = typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : null;
  return typeof names === 'string' ? names : 'it holds none';
}
