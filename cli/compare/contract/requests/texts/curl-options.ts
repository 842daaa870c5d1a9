/** Splits the words of a curl command into options with values, and URLs (curl's manual page). */

const LONG_WITH_VALUE = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie cookie-jar
  create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr
  dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account
  ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header help hostpubmd5 hostpubsha256
  hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth
  mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey
  preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile
  proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype
  proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry
  retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time
  stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config
  unix-socket upload-file url url-query user user-agent variable vlan-priority write-out`.split(/\s+/),
);

/** Short options with the equivalent long one; the first group has values. */
const SHORT_WITH_VALUE: Readonly<Record<string, string>> = {
  A: 'user-agent',
  b: 'cookie',
  c: 'cookie-jar',
  C: 'continue-at',
  d: 'data',
  D: 'dump-header',
  e: 'referer',
  E: 'cert',
  F: 'form',
  H: 'header',
  K: 'config',
  m: 'max-time',
  o: 'output',
  P: 'ftp-port',
  Q: 'quote',
  r: 'range',
  t: 'telnet-option',
  T: 'upload-file',
  u: 'user',
  U: 'proxy-user',
  w: 'write-out',
  x: 'proxy',
  X: 'request',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
};
const SHORT: Readonly<Record<string, string>> = { G: 'get', I: 'head', g: 'globoff', ':': 'next' };

export interface CurlOption {
  /** Long name; `url` also for a word that is not an option. */
  readonly name: string;
  readonly value: string;
}

/** Options in order; those before `--next` do not apply after it. */
export function curlOptions(words: readonly string[]): CurlOption[][] {
  const groups: CurlOption[][] = [[]];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const next = () => words[++i] ?? '';
    for (const option of optionsOf(word, next))
      if (option.name === 'next') groups.push([]);
      else groups.at(-1)?.push(option);
  }
  return groups;
}

function optionsOf(word: string, next: () => string): CurlOption[] {
  if (!word.startsWith('-') || word === '-') return [{ name: 'url', value: word }];
  if (word.startsWith('--')) {
    const [, name = '', attached] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    return [{ name, value: LONG_WITH_VALUE.has(name) ? (attached ?? next()) : '' }];
  }
  // Short options may be combined, and the last one may have a value.
  const options: CurlOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const withValue = SHORT_WITH_VALUE[letter];
    if (withValue !== undefined) return [...options, { name: withValue, value: word.slice(at + 1) || next() }];
    options.push({ name: SHORT[letter] ?? letter, value: '' });
  }
  return options;
}
