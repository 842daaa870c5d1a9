/**
 * The part of POSIX shell syntax that people use around curl: words, variables, redirections, here-documents. Nothing
 * is executed.
 */
import { CannotBeSent } from './text-request.ts';

export interface ShellCommand {
  readonly words: readonly string[];
  /** The content of a here-document or here-string. */
  readonly stdin: string | null;
}

type Variables = ReadonlyMap<string, string>;

/** Encloses the name of a variable without a value, because a shell word cannot contain NUL. */
export const WITHOUT_VALUE = '\0';

const TOKEN =
  /\\\r?\n|(?<end>\r?\n|&&|\|\|?|;+(?=\s|$)|&(?=\s|$))|(?<blank>\s+)|\$'(?<ansi>(?:[^'\\]|\\[\s\S])*)'|'(?<single>[^']*)'|\$?"(?<double>(?:[^"\\]|\\[\s\S])*)"|(?<redirection>&>>?|<<<|\d*(?:>>?|<)(?:&\d?-?)?)|\\(?<escaped>[\s\S])|(?<substitution>\$\(|`)|(?<variable>\$(?:\{[^}]*\}|[A-Za-z_]\w*))|(?<bare>\$|(?:[^\s'"\\$;&|<>`]|;(?!\s|$)|&(?!&|\s|$|>))+)/y;

/** `<<EOF` up to a line `EOF`; if the word is quoted, variables are not replaced. */
const HERE_DOCUMENT =
  /<<(?<dash>-?)[ \t]*(?<quote>['"]?)(?<word>\w[\w.-]*)\k<quote>(?<rest>[^\n]*)\n(?<lines>(?:[^\n]*\n)*?)[ \t]*\k<word>[ \t]*(?=\n|$)/;
const HERE_OPEN = /(?<!<)<<-?[ \t]*\w/;
const QUOTED = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"/g;

/**
 * @param variables null for a shell with another syntax, in which `$` is an ordinary character
 * @returns null if the text ends within a quotation, after a backslash or before the end of a here-document
 * @throws CannotBeSent for a command within a command
 */
export function shellCommands(text: string, variables: Variables | null): ShellCommand[] | null {
  const here = HERE_DOCUMENT.exec(text)?.groups;
  if (here === undefined && HERE_OPEN.test(text.replaceAll(QUOTED, 'q'))) return null;
  const { dash = '', quote = '', rest = '', lines = '' } = here ?? {};
  const own = dash === '' ? lines : lines.replaceAll(/^\t+/gm, '');
  const stdin = here === undefined ? null : quote === '' && variables !== null ? expanded(own, variables) : own;
  return commandsOf(here === undefined ? text : text.replace(HERE_DOCUMENT, () => rest), variables, stdin);
}

function commandsOf(text: string, variables: Variables | null, here: string | null): ShellCommand[] | null {
  const commands: ShellCommand[] = [];
  let [words, stdin]: [string[], string | null] = [[], here];
  let word: string | null = null;
  /** The role of the word after a redirection. */
  let redirected: 'dropped' | 'stdin' | null = null;
  const endWord = () => {
    if (word === null) return;
    if (redirected === null) words.push(word);
    else if (redirected === 'stdin') stdin = `${word}\n`;
    [word, redirected] = [null, null];
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push({ words, stdin });
    [words, stdin] = [[], here];
  };
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const from = TOKEN.lastIndex;
    if (word === null && text[from] === '#') {
      TOKEN.lastIndex = text.indexOf('\n', from) < 0 ? text.length : text.indexOf('\n', from);
      continue;
    }
    const groups: Record<string, string | undefined> | undefined = TOKEN.exec(text)?.groups;
    if (groups === undefined) return null;
    const { end, blank, ansi, single, double, redirection, escaped, substitution, variable, bare } = groups;
    if (substitution !== undefined && variables !== null)
      throw new CannotBeSent('a command within a command is not run');
    if (end !== undefined) endCommand();
    else if (blank !== undefined) endWord();
    else if (redirection !== undefined) {
      endWord();
      redirected = redirection === '<<<' ? 'stdin' : /&[\d-]/.test(redirection) ? null : 'dropped';
    } else {
      const quoted = double?.replaceAll(/\\\r?\n/g, '');
      const read =
        ansi !== undefined
          ? fromAnsi(ansi)
          : variable !== undefined || quoted !== undefined
            ? expanded(variable ?? quoted ?? '', variables)
            : (single ?? escaped ?? substitution ?? bare);
      if (read !== undefined) word = (word ?? '') + read;
    }
  }
  if (/(?<!\\)(?:\\\\)*\\\s*$/.test(text)) return null;
  endCommand();
  return commands;
}

/** @throws CannotBeSent where a variable of the shell has no value */
export function withValues(text: string): string {
  const [, name] = text.split(WITHOUT_VALUE);
  if (name === undefined) return text;
  throw new CannotBeSent(`no value for the shell’s variable ${name}; --value ${name}=… gives it`);
}

/** Replaces escapes and variables in double-quoted text, or a single variable. */
function expanded(text: string, variables: Variables | null): string {
  if (variables === null) return text.replaceAll(/\\(["\\])/g, '$1');
  return text.replaceAll(
    /\\(["\\$`])|\$\{(\w+)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)|(\$\(|`)/g,
    (_, escaped?: string, braced?: string, otherwise?: string, name = braced ?? '', command?: string) => {
      if (escaped !== undefined) return escaped;
      if (command !== undefined) throw new CannotBeSent('a command within a command is not run');
      return variables.get(name) ?? otherwise ?? `${WITHOUT_VALUE}${name}${WITHOUT_VALUE}`;
    },
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Consecutive bytes written as escapes form one UTF-8 text. */
function fromAnsi(text: string): string {
  const bytes = (run: string) =>
    Buffer.from(
      [...run.matchAll(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/g)].map(([, hex, octal = '0']) =>
        hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16),
      ),
    ).toString('utf8');
  return text.replaceAll(
    /((?:\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3})+)|\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([\s\S]))/g,
    (_, run?: string, short?: string, long?: string, one = '') => {
      if (run !== undefined) return bytes(run);
      const code = short ?? long;
      if (code === undefined) return ESCAPES[one] ?? one;
      // A surrogate is half of a character, which the shell encodes as invalid bytes.
      return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    },
  );
}
