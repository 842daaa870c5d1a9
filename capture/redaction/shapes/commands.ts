/**
 * Finds secrets by their place in a command or a line of configuration, where no name announces them: `mysql -p…`,
 * `snmp-server community …`.
 */
import type { Span } from './span.ts';

/** An argument, without its quotation marks. */
const ARGUMENT = '\\\\?(?:"([^"\\\\\\n]{1,200})|\'([^\'\\\\\\n]{1,200})|([^\\s"\'`\\\\|;&<>]{1,200}))';
/** An option that its argument follows directly, or after a space or `=`. */
const taking = (options: string, separator = '[ =]{0,4}') => `(?<=\\s)(?:${options})${separator}${ARGUMENT}`;
/** An option of several letters, or one that begins another, has its argument after a space. */
const after = (options: string) => taking(options, '[ =]{1,4}');

/** Names of programs, the place of the secret in the rest of their line, and a word that must stand there, too. */
const COMMANDS: readonly (readonly [programs: string, secret: string, word?: RegExp])[] = [
  ['mysql\\w*|mariadb(?:-\\w{1,10})?|7z[azr]?|7zz|un?rar|rar', taking('-h?p', '')],
  ['mongo(?:sh|dump|restore|export|import)?|cqlsh|rabbitmqadmin|sshpass|evil-winrm', taking('-p')],
  ['zip|unzip|ipmitool|sqlcmd|bcp|mosquitto_\\w{2,3}', taking('-P')],
  ['redis-cli', taking('-a')],
  ['ldap\\w{3,10}', taking('-w')],
  ['snmp(?:walk|bulkwalk|get|getnext|bulkget|set|table|df|status|trap|inform|delta|test|translate)', taking('-[cAX]')],
  ['openssl', `${after('-k|-K')}|(?<=\\s)-pass(?:in|out)? pass:${ARGUMENT}`],
  ['pdf\\w{2,12}', after('-[uo]pw')],
  ['plink|pscp|psftp|putty|kitty', after('-pw')],
  ['keytool|jarsigner', after('-(?:src|dest)?(?:store|key|new)pass')],
  ['ssh-keygen', after('-[NP]')],
  ['curl', after('--oauth2-bearer')],
  ['https?|xh', `(?<=\\s)(?:-a|--auth)[ =]{1,4}["']?[^\\s:"']{1,100}:${ARGUMENT}`],
  ['docker|podman|nerdctl|helm|az|skopeo|buildah|cf', taking('-p'), /\slogin\s/],
  ['oc|kubectl', `${taking('-p')}|(?<=\\s)--from-literal[= ]["']?[\\w.-]{1,100}=${ARGUMENT}`, /\s(?:login|secret)\s/],
  ['vault', `^\\s{1,4}login\\s{1,4}(?!-)${ARGUMENT}`],
  ['gh', after('--body|-b'), /\ssecret set\s/],
  ['aws', `\\bset aws_(?:secret_access_key|session_token)\\s{1,4}${ARGUMENT}`],
  ['nmcli', after('password')],
  ['wpa_passphrase', `^\\s{1,4}\\S{1,64}\\s{1,4}${ARGUMENT}`],
  ['[wx]freerdp3?|runas|cmdkey', `(?<=\\s)/p(?:ass)?:${ARGUMENT}`],
  ['smbclient|smbget|rpcclient', `(?<=\\s)-U[ =]?["']?[^\\s%"']{1,100}%${ARGUMENT}`],
  ['lftp', `(?<=\\s)-u[ ]{0,4}[^\\s,]{1,100},${ARGUMENT}`],
  [
    'net',
    `(?:(?<=\\s)/user:\\S{1,100}\\s{1,4}|^\\s{1,4}user\\s{1,4}\\S{1,100}\\s{1,4}(?=\\S{1,200}\\s{1,4}/\\w))${ARGUMENT}`,
  ],
  ['htpasswd', `^\\s{1,4}-\\w{0,8}b\\w{0,8}\\s{1,4}\\S{1,100}\\s{1,4}(?:\\S{1,100}\\s{1,4}(?=\\S))?${ARGUMENT}`],
  ['ConvertTo-SecureString', `^(?:\\s{1,4}-\\w{1,20}){0,4}\\s{1,4}(?![-$])${ARGUMENT}`],
  [
    'echo|printf',
    `^\\s{1,4}(?:-\\w{1,3}\\s)?["']?(?:[\\w.-]{1,64}:)?${ARGUMENT}`,
    /\|.*(?:--password-stdin|--with-token|--stdin|sudo\s-S|chpasswd)/,
  ],
];
const PROGRAMS = `(?<![\\w.-])(?:${COMMANDS.map(([programs]) => `(${programs})`).join('|')})`;
/** How much of a line is read after a program's name. */
const REST = 300;
const PROGRAM = new RegExp(`${PROGRAMS}(?:\\.exe)?["']?(?=([ \\t](?:[^\\n\\\\]|\\\\(?:\\r?\\n|.)){1,${REST}}))`, 'g');
const SECRETS = COMMANDS.map(([, secret, word]) => ({ secret: new RegExp(secret, 'gm'), word }));
/** Arguments of most of them begin so. */
const ARGUED = / [-/]{1,2}\w|login |set aws|wpa_|password |echo |printf /;
/** A list of arguments in JSON whose first is one of these programs. */
export const COMMAND_LINE = new RegExp(`^\\[\\s{0,100}"(?:[^"\\\\\\s]{0,100}/)?${PROGRAMS}"`);

/** Lines of configuration: of network devices, SNMP's agent and Redis. */
const LAST = '[ \\t]{1,8}(?:\\d{1,2}[ \\t]{1,8})?["\']?([^\\s"\']{3,200})["\']?';
const LINES = [
  `(?:set[ \\t]|no[ \\t])?(?:snmp-server community|snmp community|r[ow]community6?|snmp-agent community (?:read|write)(?: cipher| simple)?|com2sec6?[ \\t]+\\S{1,64}[ \\t]+\\S{1,64})[ \\t]+["']?([^\\s"']{3,200})`,
  '(?:usm)?createUser[ \\t]+(?:-e[ \\t]+\\S{1,64}[ \\t]+)?\\S{1,64}[ \\t]+(?:MD5|SHA[\\d-]{0,4})[ \\t]+["\']?([^\\s"\']{3,200})',
  'createUser[ \\t][^\\n]{1,300}?[ \\t](?:DES|AES[\\d-]{0,4})[ \\t]+["\']?([^\\s"\']{3,200})["\']?[ \\t]*\\r?$',
  `(?:require|master)(?:pass|auth)[ \\t]+["']?([^\\s"']{3,200})["']?[ \\t]*\\r?$`,
  `(?:enable (?:secret|password)(?: level \\d+)?|(?:username|neighbor|ppp|line)[ \\t][^\\n]{0,100}?(?:password|secret)|(?:tacacs|radius)(?:-server)?[ \\t][^\\n]{0,100}?key|crypto isakmp key|wpa-psk (?:ascii|hex)|set (?:security|system|access|protocols)[ \\t][^\\n]{0,100}?(?:ascii-text|plain-text-password-value|authentication-key))${LAST}(?=[ \\t]*\\r?$| address | level )`,
  // FTP and POP, IMAP, Redis.
  '(?:USER[ \\t]\\S{1,100}\\r?\\n(?:[^\\n]{0,200}\\n){0,2}?)PASS[ \\t]+([^\\s]{1,200})[ \\t]*\\r?$',
  '\\w{0,4}\\d{1,6} LOGIN[ \\t]+\\S{1,100}[ \\t]+["\']?([^\\s"\']{1,200})["\']?[ \\t]*\\r?$',
  '(?:\\w{1,20}> )?AUTH[ \\t]+(?!(?:PLAIN|LOGIN|CRAM|XOAUTH|TLS|SSL)\\b)(?:[\\w.-]{1,64}[ \\t]+)?(\\S{4,200})[ \\t]*\\r?$',
].map((line) => new RegExp(`^[ \\t]*${line}`, 'gm'));
const LINE = /community|com2sec|createUser|pass|PASS|secret|key|ascii|LOGIN|AUTH/;

export function secretsInCommands(text: string): Span[] {
  const spans: Span[] = [];
  const add = (pattern: RegExp, offset: number, part: string) => {
    for (const match of part.matchAll(pattern)) {
      const value = match.slice(1).find((group) => group !== undefined) ?? '';
      const start = offset + match.index + match[0].lastIndexOf(value);
      spans.push({ start, end: start + value.length, place: 'given' });
    }
  };
  for (const match of ARGUED.test(text) ? text.matchAll(PROGRAM) : []) {
    const found = SECRETS[match.findIndex((group, i) => i > 0 && group !== undefined) - 1];
    const rest = match.at(-1) ?? '';
    if (found !== undefined && (found.word?.test(rest) ?? true)) add(found.secret, match.index + match[0].length, rest);
  }
  if (LINE.test(text)) for (const line of LINES) add(line, 0, text);
  return spans;
}
