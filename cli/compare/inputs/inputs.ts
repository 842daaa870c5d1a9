/** Files that a command was given: found, and looked at, before anything is read. */
import * as fs from 'node:fs';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { UsageError, unusableFile } from '../../shared/index.ts';

/** Name of standard input among files. */
export const STDIN = '-';

export type Compression = 'none' | 'gzip' | 'zstd';

export interface Input {
  readonly file: string;
  readonly compression: Compression;
  /** By the name: `.har`, also before `.gz` or `.zst`. */
  readonly har: boolean;
  /** Bytes on disk; null for standard input. */
  readonly bytes: number | null;
  /** Standard input; other inputs are opened by their name. */
  readonly stream?: Readable;
}

/** @throws UsageError that names what is not there or cannot be read */
export function findInputs(stdin: Readable, option: string, patterns: readonly string[]): Input[] {
  const files = patterns.flatMap((pattern) => (pattern === STDIN ? [STDIN] : expand(option, pattern)));
  if (files.filter((file) => file === STDIN).length > 1)
    throw new UsageError(`${option}: ${STDIN} (standard input) can be given only once`);
  return files.map((file) =>
    file === STDIN ? { file, compression: 'none', har: false, bytes: null, stream: stdin } : look(option, file),
  );
}

/** A pattern that the shell left alone; sorted, so that a run can be repeated. */
function expand(option: string, pattern: string): string[] {
  if (fs.existsSync(pattern) || !/[*?[{]/.test(pattern)) return [pattern];
  if (!('globSync' in fs))
    throw new UsageError(`${option}: ${pattern}: patterns need Node 22 or later; name the files`);
  const files = fs.globSync(pattern).sort();
  if (files.length === 0) throw new UsageError(`${option}: no file matches ${pattern}`);
  return files;
}

function look(option: string, file: string): Input {
  try {
    const descriptor = fs.openSync(file, 'r');
    try {
      const stat = fs.fstatSync(descriptor);
      if (stat.isDirectory())
        throw new UsageError(`${option}: ${file} is a directory; name its files, for example '${file}/*.ndjson'`);
      const compression = stat.isFile() ? compressionOf(descriptor) : 'none';
      const name = compression === 'none' ? file : file.replace(/\.(gz|zst|zstd)$/i, '');
      return {
        file,
        compression,
        har: extname(name).toLowerCase() === '.har',
        bytes: stat.isFile() ? stat.size : null,
      };
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unusableFile(option, file, error);
  }
}

/** By its first bytes: what Firehose writes compressed has no name that says so. */
function compressionOf(descriptor: number): Compression {
  const magic = Buffer.alloc(4);
  fs.readSync(descriptor, magic, 0, 4, 0);
  if (magic[0] === 0x1f && magic[1] === 0x8b) return 'gzip';
  // A skippable frame may come first (RFC 8878, 3.1.2).
  const skippable = (magic.readUInt32LE() & 0xfffffff0) >>> 0 === 0x184d2a50;
  return skippable || magic.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'none';
}

/** Compressed inputs unfold to about this much. */
const UNFOLDED = 8;

/** Bytes to read once decompressed, as a guess; null where an input does not say its size. */
export function unfoldedBytes(inputs: readonly Input[]): number | null {
  return inputs.reduce<number | null>(
    (sum, { bytes, compression }) =>
      sum === null || bytes === null ? null : sum + bytes * (compression === 'none' ? 1 : UNFOLDED),
    0,
  );
}
