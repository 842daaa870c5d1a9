/** Files that a command was given to read; every way in which one can be wrong names the option, or the argument, and the file. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readJson, textOf } from '../../json/index.ts';
import { UsageError } from './usage-error.ts';

/** @param option what named the file, such as `--deployment` @throws UsageError */
export function readBytes(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${option}: ${file} ${fileProblem(error)}`);
  }
}

/** @throws UsageError for what cannot be read, and for what is no JSON or only nearly so */
export function readJsonFile(option: string, file: string): unknown {
  const read = readJson(readBytes(option, file));
  if (read.ok) return read.value;
  throw new UsageError(`${option}: ${file} ${read.problem}`);
}

/** JSON, or YAML where the file is called so. @throws UsageError as {@link readJsonFile} does */
export function readDocumentFile(option: string, file: string): unknown {
  if (!/\.ya?ml$/i.test(file)) return readJsonFile(option, file);
  const text = textOf(readBytes(option, file));
  if (!text.ok) throw new UsageError(`${option}: ${file} ${text.problem}`);
  try {
    return parse(text.value);
  } catch (error) {
    throw new UsageError(`${option}: ${file} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is no directory',
  EISDIR: 'is a directory, a file is needed',
  EACCES: 'may not be opened by this user',
  EPERM: 'may not be opened by this user',
  EROFS: 'is on a file system that cannot be written',
  ENOSPC: 'cannot be written: the disk is full',
  EMFILE: 'cannot be opened: too many files are open',
  ENAMETOOLONG: 'has a name that is too long',
  ELOOP: 'is a link that leads back to itself',
};

/** What is wrong with a file, as the end of a sentence that begins with its name. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be used (${String(error)})`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return PROBLEMS[code] ?? `cannot be used (${error.message})`;
}
