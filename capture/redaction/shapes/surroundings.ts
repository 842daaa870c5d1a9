/**
 * Values that are secret by the text around them, whatever they look like. The pattern's first group that matched is
 * the secret. Every search takes time linear in the length of the text.
 */
import type { Span } from './span.ts';

interface Surrounding {
  readonly place: string;
  readonly pattern: RegExp;
  /** Without a match of it, the pattern is not tried. */
  readonly only?: RegExp;
  readonly test?: (value: string) => boolean;
}

const SURROUNDINGS: readonly Surrounding[] = [
  // Webhooks of Teams, Slack and Zapier, a pushed request of OAuth (RFC 9126), what an authenticator exports: the address
  // itself is secret.
  {
    place: 'key',
    pattern:
      /(?:\/IncomingWebhook\/|\/services\/T\w{6,12}\/B\w{6,12}\/|\/hooks\/catch\/\d{1,12}\/|:request_uri:|otpauth-migration:\/\/offline\?data=)([\w%.~+=-]{5,})/g,
  },
  // A cookie in a command or a dump of a message (RFC 6265, 4).
  {
    place: 'cookie',
    pattern:
      /(?:(?<![\w-])(?:set-)?cookie2?:[ \t]{0,8}|\bcurl\s[^\n]{0,500}?(?<=\s)(?:-b|--cookie)[ =]{1,4}["']?)([\w!#$%&*+.^|~-]{1,100}=[^\s;"'\\<>]{0,4000}(?:;[ \t]{0,8}[^\r\n;"'\\<>]{1,4000}){0,100})/gi,
    only: /cookie|curl/i,
  },
  // The response parameter of Digest authentication, which proves the password (RFC 7616, 3.4).
  {
    place: 'credentials',
    pattern: /\bDigest\s[^\r\n]{0,2000}?\bresponse\s?=\s?\\?"?([\w+/=-]{4,200})/g,
    only: /Digest/,
  },
  // A Wi-Fi password as in a QR code.
  {
    place: 'given',
    pattern: /\bWIFI:[^\r\n]{0,200}?(?<=[:;])P:((?:\\.|[^;\\\r\n]){1,200})/g,
    only: /WIFI:/,
  },
  // Database connection strings that are not URLs: `name:password@tcp(…)`.
  {
    place: 'user-info',
    pattern: /(?<![\w.:@/-])[\w.+-]{1,64}:([^\s"'<>]{1,200})@(?:tcp6?|udp|unix|cloudsql[\w-]{0,20})\(/g,
    only: /@/,
  },
  // Credentials after their scheme (RFC 9110, 11.4). A challenge has parameters in that place instead.
  {
    place: 'credentials',
    pattern: /\b(?:Bearer|Basic|DPoP|Negotiate|NTLM)(?:\s|%20|\+){1,4}((?![\w-]{1,40}=["'])[\w.~+/=-]{4,})/gi,
    test: (value) => value.length >= 20 || /[\dA-Z_]/.test(value),
  },
  // The same after their field's name, in files that separate by spaces: a plain word is no word of a sentence there.
  {
    place: 'credentials',
    pattern: /\bauthorization["'`]?[\s,]{1,4}["'`](?:Bearer|Basic|DPoP|Token|ApiKey)\s{1,4}([^\s"'`]{4,500})/gi,
  },
  // The proof of a login in mail's protocols (RFC 4954).
  {
    place: 'credentials',
    pattern: /\bAUTH(?:ENTICATE)? (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER) ([\w+/=]{4,})/g,
    only: /AUTH/,
  },
  // The last of PostgreSQL's `host:port:database:user:password`; a key before two peers, as IPsec has it.
  {
    place: 'given',
    pattern:
      /^(?:localhost|\*|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}):(?:\d{4,5}|\*):[\w*.-]{1,63}:[\w*.-]{1,63}:(\S{1,200})$|[ \t]:[ \t]{0,4}(?:PSK|XAUTH|EAP)[ \t]{1,4}"([^"\n]{1,200})"/gm,
    only: /:(?:\d{4,5}|\*):|:[ \t]{0,4}(?:PSK|XAUTH|EAP)/,
  },
  // `curl -u name:password`, `wget --user=…`: credentials for an HTTP client.
  {
    place: 'user-option',
    pattern: /(?:\s-u|--(?:proxy-)?user)[ =]{1,4}["']?[^\s:"'\\]{1,100}:([^\s"'\\]{1,500})/g,
    only: /-u/,
  },
  // `IDENTIFIED BY '…'` in SQL.
  {
    place: 'given',
    pattern:
      /\bIDENTIFIED\s{1,4}BY\s{1,4}(?:PASSWORD\s{1,4})?["']?([^\s"'\\;]{1,200})|\bSET\s{1,4}PASSWORD\s{1,4}(?:FOR\s{1,4}\S{1,200}\s{1,4})?=\s{0,4}["']([^"'\n]{1,200})|\bsp_addlogin\s{1,4}N?'[^'\n]{1,100}',\s{0,4}N?'([^'\n]{1,200})/gi,
  },
  // `name/password@database` of Oracle.
  {
    place: 'given',
    pattern:
      /(?:\bjdbc:oracle:\w{1,10}:|\bsqlplus\s{1,4}(?:-\w\s{1,4}){0,3})[^\s/"'@]{1,100}\/"?([^\s@"'\\]{1,200})"?@/g,
    only: /oracle|sqlplus/,
  },
  // A netrc file, as curl, ftp and others read it.
  {
    place: 'given',
    pattern: /\b(?:machine\s{1,4}\S{1,255}|default)\s{1,4}login\s{1,4}\S{1,200}\s{1,4}password\s{1,4}(\S{1,200})/g,
    only: /login/,
  },
  // User information in a URL.
  {
    place: 'user-info',
    pattern: /\/\/(?:([^\s/?#@"'<>\\]{1,500})@|[^\s/?#@:"'<>\\]{1,100}:((?!\d{1,5}[/?#])[^\s"'<>\\?#]{1,300})@)/g,
    only: /\/\//,
  },
  // Ciphertext of Travis and Pulumi; an application's key of a weather service; the proof of Subsonic's clients.
  {
    place: 'given',
    pattern:
      /\bsecure["']?:\s{1,8}["']?((?:AAAB|v1:)?[\w+/:]{24,}={0,2})|[?&]appid=([\da-f]{32})(?![\da-f])|\/rest\/[\w.]{1,60}\?(?=[^\s#]{0,500}?\bu=)[^\s#]{0,500}?[?&](?:p|t)=([^&\s#"']{4,200})/g,
    only: /secure|appid=|\/rest\//,
  },
  // A user's password in Redis' lists of access, and in those of PgBouncer.
  {
    place: 'given',
    pattern: /\b(?:ACL SETUSER|user)[ \t]\S{1,100}[ \t](?:[^\s>]\S{0,100}[ \t]){0,10}>(\S{1,200})|"md5([\da-f]{32})"/gi,
    only: /user[ \t]|"md5/i,
  },
  // PASETO; Google's OAuth clients; Terraform Cloud; a macaroon, which begins with the length of its location.
  {
    place: 'key',
    pattern:
      /\b(v[1-4]\.(?:local|public)\.[\w-]{20,}(?:\.[\w-]*)?)|\b(GOCSPX-[\w-]{20,})|\b(\w{14}\.atlasv1\.[\w-]{20,})|\b(MDA\w{5}Y2F0aW9u[\w+/-]{20,})/g,
    only: /v[1-4]\.(?:local|public)|GOCSPX|atlasv1|MDA/,
  },
  // What programs write to decrypt TLS (`SSLKEYLOGFILE`).
  {
    place: 'given',
    pattern:
      /\b(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:EARLY|HANDSHAKE)?_?TRAFFIC_SECRET(?:_\d)?|(?:EARLY_)?EXPORTER_SECRET) [\da-f]{64} ([\da-f]{64,128})/g,
    only: /CLIENT_|SERVER_|EXPORTER/,
  },
  // A client's line in `chap-secrets`; Postfix' logins by host.
  {
    place: 'given',
    pattern:
      /^[ \t]*"?[\w.@\\-]{1,64}"?[ \t]+(?:\*[ \t]+(?:"([^"\n]{3,200})"[ \t]*(?:\*|\d[\d./]*)?|([^\s"*]{3,200})[ \t]+(?:\*|\d[\d.]+[\d./]*))|[\w.-]{1,64}[ \t]+"([^"\n]{3,200})"[ \t]+\*)[ \t]*\r?$|^\[[\w.:-]{1,200}\](?::\w{1,10})?[ \t]+[^\s:]{1,100}:(\S{3,200})[ \t]*\r?$/gm,
    only: /[ \t]\*[ \t]|^\[/m,
  },
  // Calls whose second or third argument is a password: of databases, mail servers and HTTP clients.
  {
    place: 'given',
    pattern:
      /(?:(?:Http|HTTP|Basic|Digest|Proxy)(?:Basic|Digest|Proxy)?Auth|NetworkCredential|PasswordCredentials?|PasswordAuthentication|BasicAWSCredentials|\bauth\s?=\s?|\.login)\(\s?["'][^"'\n]{0,100}["'],\s{0,4}["']([^"'\n]{3,200})["']|(?:DBI->connect|\bPDO|\bmysqli(?:_connect)?|[gG]etConnection|ftp_login)\([^,\n]{1,200},\s{0,4}["'][^"'\n]{0,100}["'],\s{0,4}["']([^"'\n]{3,200})["']/g,
    only: /Auth|Credential|auth\s?=|\.login|DBI|PDO|mysqli|onnection\(|ftp_login/,
  },
];

export function surroundedSecrets(text: string): Span[] {
  const spans: Span[] = [];
  for (const { place, pattern, only, test } of SURROUNDINGS) {
    if (only?.test(text) === false) continue;
    for (const match of text.matchAll(pattern)) {
      const value = match.slice(1).find((group) => group !== undefined) ?? '';
      const start = match.index + match[0].lastIndexOf(value);
      if (value !== '' && (test?.(value) ?? true)) spans.push({ start, end: start + value.length, place });
    }
  }
  return spans;
}
