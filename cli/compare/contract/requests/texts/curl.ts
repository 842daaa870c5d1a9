/** curl commands, as browsers copy them and people write them. Options that change nothing of the request are passed over. */
import { FORM_DATA_TYPE, formData } from './form-data.ts';
import type { TextRequest } from './text-request.ts';

const WITH_VALUE = new Set(
  '-X --request -H --header -d --data --data-raw --data-binary --data-ascii --data-urlencode --json -A --user-agent -e --referer -b --cookie -u --user --url -o --output -m --max-time --connect-timeout -x --proxy -w --write-out --retry -F --form -c --cookie-jar -K --config --resolve -E --cert --key --cacert --form-string --oauth2-bearer --url-query -r --range -T --upload-file -D --dump-header -U --proxy-user --noproxy --retry-delay --retry-max-time --limit-rate --max-redirs --ciphers --connect-to --unix-socket --interface --proto --proxy-header --aws-sigv4 --stderr --trace --trace-ascii -z --time-cond -C --continue-at --output-dir --capath --pass --tls-max'.split(
    ' ',
  ),
);

/** null where the words are no such command, or name what is not in them: a file, a form with files. */
export function requestOfCurl(command: string): TextRequest | null {
  const [program, ...words] = wordsOf(isOfWindows(command) ? unescapedCarets(command) : command);
  if (program !== 'curl' && program !== 'curl.exe') return null;
  const headers: [string, string][] = [];
  const data: string[] = [];
  const form: [string, string][] = [];
  let [method, url, asQuery, json]: [string | null, string | null, boolean, boolean] = [null, null, false, false];
  for (let i = 0; i < words.length; i++) {
    const [name, attached] = optionOf(words[i] ?? '');
    if (name === null) {
      // Several URLs are several requests.
      if (url !== null) return null;
      url = words[i] ?? null;
      continue;
    }
    const value = attached ?? (WITH_VALUE.has(name) ? (words[++i] ?? '') : '');
    if (name === '-X' || name === '--request') method = value;
    else if (name === '--url') url = value;
    else if (name === '-I' || name === '--head') method ??= 'HEAD';
    else if (name === '-G' || name === '--get') asQuery = true;
    else if (name === '-A' || name === '--user-agent') headers.push(['User-Agent', value]);
    else if (name === '-e' || name === '--referer') headers.push(['Referer', value]);
    else if (name === '-b' || name === '--cookie') headers.push(['Cookie', value]);
    else if (name === '-u' || name === '--user') headers.push(['Authorization', `Basic ${btoa(value)}`]);
    else if (name === '-H' || name === '--header') headers.push(fieldOf(value));
    else if (name === '--oauth2-bearer') headers.push(['Authorization', `Bearer ${value}`]);
    else if (name === '-r' || name === '--range') headers.push(['Range', `bytes=${value}`]);
    else if (/^(?:-F|--form|--form-string)$/.test(name)) {
      const at = value.indexOf('=');
      if (at < 0 || (name !== '--form-string' && /^[@<]/.test(value.slice(at + 1)))) return null;
      form.push([value.slice(0, at), value.slice(at + 1)]);
    } else if (/^(?:-T|--upload-file|--url-query|--next|-:|-K|--config)$/.test(name)) return null;
    else if (name === '--json' || /^(?:-d|--data)/.test(name)) {
      if (value.startsWith('@') && name !== '--data-raw') return null;
      json ||= name === '--json';
      data.push(name === '--data-urlencode' ? urlEncoded(value) : value);
    }
  }
  if (url === null) return null;
  const text = data.length === 0 ? null : data.join(json ? '' : '&');
  const body = form.length === 0 ? text : formData(form);
  if (asQuery)
    return {
      method: method ?? 'GET',
      url: `${url}${body === null ? '' : `${url.includes('?') ? '&' : '?'}${body}`}`,
      headers,
      body: null,
    };
  const has = (name: string) => headers.some(([field]) => field.toLowerCase() === name);
  if (body !== null && !has('content-type'))
    headers.push([
      'Content-Type',
      form.length > 0 ? FORM_DATA_TYPE : json ? 'application/json' : 'application/x-www-form-urlencoded',
    ]);
  return {
    method: method ?? (body === null ? 'GET' : 'POST'),
    url,
    headers: headers.filter(([, value]) => value !== ''),
    body,
  };
}

/** Name of an option and the value that is attached to it; null for a word that is none. */
function optionOf(word: string): [string | null, string | null] {
  if (!word.startsWith('-') || word === '-') return [null, null];
  if (word.startsWith('--')) {
    const at = word.indexOf('=');
    return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
  }
  // Short options may stand together, of which the last may have a value.
  const letters = [...word.slice(1)].map((letter) => `-${letter}`);
  const at = letters.findIndex((letter) => WITH_VALUE.has(letter));
  if (at >= 0) return [letters[at] ?? null, at + 1 < letters.length ? word.slice(at + 2) : null];
  return [letters.find((letter) => letter === '-G' || letter === '-I') ?? word, null];
}

function fieldOf(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text.replace(/;$/, ''), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function urlEncoded(text: string): string {
  const at = text.indexOf('=');
  return at < 0
    ? encodeURIComponent(text)
    : `${text.slice(0, at)}${at === 0 ? '' : '='}${encodeURIComponent(text.slice(at + 1))}`;
}

/** As browsers copy it for cmd.exe, which escapes by carets. */
export function isOfWindows(command: string): boolean {
  return /^curl(?:\.exe)?\s+\^?"/.test(command) && /\^["\r\n]|\^$/.test(command);
}

/** What cmd.exe hands to the program: a caret takes its meaning from the character behind it, and two line ends are one. */
function unescapedCarets(command: string): string {
  return command
    .replaceAll(/\^\r?\n\r?\n/g, '\n')
    .replaceAll(/\^\r?\n/g, ' ')
    .replaceAll(/\^([\s\S])/g, '$1');
}

/** Words as a POSIX shell cuts them: quotes, `$'…'`, backslashes, lines that go on. */
function wordsOf(command: string): string[] {
  const words: string[] = [];
  const part = /\\\r?\n|\s+|\$'((?:[^'\\]|\\[\s\S])*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/g;
  let word: string | null = null;
  for (const [whole, ansi, single, double, escaped, plain] of command.matchAll(part)) {
    if (/^\\?\s/.test(whole) && escaped === undefined) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    // A comment.
    if (word === null && plain?.startsWith('#') === true) break;
    const text =
      ansi === undefined
        ? (single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '')
        : fromAnsi(ansi);
    word = (word ?? '') + text;
  }
  return word === null ? words : [...words, word];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function fromAnsi(text: string): string {
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, unicode, hex, one: string) =>
    unicode === undefined && hex === undefined
      ? (ESCAPES[one] ?? one)
      : String.fromCharCode(Number.parseInt(unicode ?? hex, 16)),
  );
}
