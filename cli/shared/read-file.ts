/** Input files of a command; every error names the option or argument, and the file. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { codeOf, shortened } from '../../input/index.ts';
import { readJson, textOf } from '../../json/index.ts';
import { UsageError } from './usage-error.ts';

/** No document, body or certificate is larger; a string of this program holds 512 MiB. */
const LARGEST = 256 * 1024 * 1024;

/** @param option that named the file, such as `--deployment`; the file `-` is standard input @throws UsageError */
export function readBytes(option: string, file: string): Buffer {
  try {
    const bytes = readFileSync(file === '-' ? 0 : file);
    if (bytes.length <= LARGEST) return bytes;
  } catch (error) {
    if (codeOf(error) !== 'ERR_FS_FILE_TOO_LARGE') throw unusableFile(option, file, error);
  }
  throw new UsageError(`${option}: ${shownFile(file)} has more than 256 MiB; is it the file that is meant?`);
}

/** @throws UsageError for a file that cannot be read, and for text that is not JSON or only resembles it */
export function readJsonFile(option: string, file: string): unknown {
  const read = readJson(readBytes(option, file));
  if (read.ok) return read.value;
  throw new UsageError(`${option}: ${file} ${read.problem}`);
}

const YAML_NAME = /\.ya?ml$/i;

/** JSON, or YAML if the file has that extension or is standard input. @throws UsageError like {@link readJsonFile} */
export function readDocumentFile(option: string, file: string): unknown {
  if (file !== '-' && !YAML_NAME.test(file)) return readJsonFile(option, file);
  const text = textOf(readBytes(option, file));
  if (!text.ok) throw new UsageError(`${option}: ${file} ${text.problem}`);
  const read = parseYaml(text.value, { file });
  if (!read.ok) throw new UsageError(`${option}: ${file} ${read.problem}`);
  return read.value;
}

/** Integers that a JavaScript number cannot represent, in JSON and YAML. */
const LONG_INTEGER = /[-:[,\s]\d{16,}\s*[,}\]\n]/;

/**
 * Parses YAML, of which JSON is a subset; `problem` follows the name of the file. If `exact`, integers beyond 2^53
 * become BigInt.
 * @param file whose name says in which format its mistakes are told
 */
export function parseYaml(
  text: string,
  { file, exact = false }: { readonly file: string; readonly exact?: boolean },
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  // JSON is parsed as JSON, which is ten times as fast: some published documents have 13 MB.
  const json = /^\s*\{/.test(text) ? readJson(Buffer.from(text)) : null;
  const isLong = exact && LONG_INTEGER.test(`${text}\n`);
  if (json?.ok === true) return isLong ? { ok: true, value: JSON.parse(text, exactly) } : json;
  try {
    const value: unknown = isLong
      ? parse(text, (_key, one: unknown) => shortAsNumber(one), { merge: true, intAsBigInt: true })
      : parse(text, { merge: true });
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof Error)) return { ok: false, problem: `is not YAML: ${String(error)}` };
    // The parser is recursive.
    if (/call stack/.test(error.message)) return { ok: false, problem: 'is nested too deeply' };
    if (/multiple documents/.test(error.message))
      return { ok: false, problem: 'holds several documents of YAML: keep the one that is meant' };
    const isJson = /\.json$/i.test(file) || (/^\s*[[{]/.test(text) && !YAML_NAME.test(file));
    const asJson = isJson ? (json ?? readJson(Buffer.from(text))) : null;
    return asJson?.ok === false ? asJson : { ok: false, problem: `is not YAML: ${error.message.trimEnd()}` };
  }
}

/** @param context the number's own text, which Node provides from version 21 on */
function exactly(_key: string, value: unknown, context: { readonly source?: string } = {}): unknown {
  const isLong = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source ?? '');
  return isLong ? BigInt(context.source ?? '') : value;
}

function shortAsNumber(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Limits the length of a file name in characters. */
const LONGEST_SHOWN = 300;

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a directory',
  EISDIR: 'is a directory; name a file',
  EACCES: 'may not be opened by this user',
  EPERM: 'may not be opened by this user',
  EROFS: 'is on a file system that cannot be written',
  ENOSPC: 'cannot be written: the disk is full',
  EDQUOT: 'cannot be written: this user may not store more on that disk',
  EFBIG: 'cannot be written: it would be larger than `ulimit -f` or its file system allows',
  EMFILE: 'cannot be opened: this process holds as many files open as `ulimit -n` allows',
  ENAMETOOLONG: 'has a name that is too long',
  ELOOP: 'is a link that leads back to itself',
  ERR_INVALID_ARG_VALUE: 'holds a character that no name of a file does',
};

/** Whether a file failed that a command keeps for itself until its end. */
export function isTemporary(error: Error): boolean {
  return 'path' in error && typeof error.path === 'string' && error.path.startsWith(join(tmpdir(), '/'));
}

/** The message for a file that cannot be used. @param option that named it */
export function unusableFile(option: string, file: string, error: unknown): UsageError {
  return new UsageError(`${option}: ${shownFile(file)} ${file === '' ? 'is not a file name' : fileProblem(error)}`);
}

/** The problem with a file, as the end of a sentence that begins with its name. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be used (${String(error)})`;
  return problemOf(error) ?? `cannot be used (${error.message})`;
}

/** An error of the file system as a sentence, for any file; null for any other error. */
export function fileFailure(error: Error): string | null {
  const problem = 'syscall' in error ? problemOf(error) : null;
  if (problem === null) return null;
  return `${'path' in error && typeof error.path === 'string' ? shownFile(error.path) : 'A file'} ${problem}`;
}

function problemOf(error: Error): string | null {
  return PROBLEMS[codeOf(error) ?? ''] ?? null;
}

/** A file name as messages show it. */
function shownFile(file: string): string {
  if (file === '') return '""';
  return shortened(file, LONGEST_SHOWN);
}
