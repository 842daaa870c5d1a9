/** The input files of a command: found and examined before anything is read. */
import * as fs from 'node:fs';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { UsageError, unusableFile } from '../../shared/index.ts';

/** Name of standard input among files. */
export const STDIN = '-';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Formats of recorders, whose files contain one side. */
export type RecordingFormat = 'HAR' | 'mitmproxy' | 'goreplay';

export interface Input {
  readonly file: string;
  readonly compression: Compression;
  /** Recognised by name, also before `.gz` or `.zst`, or by the first bytes; null for lines. */
  readonly recording: RecordingFormat | null;
  /** Size on disk in bytes; null for standard input. */
  readonly bytes: number | null;
  /** Standard input; other inputs are opened by name. */
  readonly stream?: Readable;
}

/** @throws UsageError that names a file that does not exist or cannot be read */
export function findInputs(stdin: Readable, option: string, patterns: readonly string[]): Input[] {
  const files = patterns.flatMap((pattern) => (pattern === STDIN ? [STDIN] : expand(option, pattern)));
  if (files.filter((file) => file === STDIN).length > 1)
    throw new UsageError(`${option}: ${STDIN} (standard input) can be given only once`);
  return files.map((file) =>
    file === STDIN ? { file, compression: 'none', recording: null, bytes: null, stream: stdin } : look(option, file),
  );
}

/** Expands a pattern that the shell left unchanged; sorted, so that a run can be repeated. */
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
      const beginning = stat.isFile() ? beginningOf(descriptor) : Buffer.alloc(0);
      const compression = compressionOf(beginning);
      const name = compression === 'none' ? file : file.replace(/\.(gz|zst|zstd)$/i, '');
      return {
        file,
        compression,
        recording: RECORDINGS.get(extname(name).toLowerCase()) ?? recordingOf(beginning.toString('latin1')),
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

const RECORDINGS: ReadonlyMap<string, RecordingFormat> = new Map([
  ['.har', 'HAR'],
  ['.mitm', 'mitmproxy'],
  ['.gor', 'goreplay'],
]);

/** A HAR with another extension, such as `.json`. */
const HAR_BEGINNING =
  /^(?:\u{ef}\u{bb}\u{bf})?\s*\{\s*"log"\s*:\s*\{\s*"(?:version|creator|browser|pages|entries|comment|_)/u;

/** mitmproxy's flows are dictionaries of netstrings; goreplay begins with the kind, id and time of a payload. */
function recordingOf(beginning: string): RecordingFormat | null {
  if (HAR_BEGINNING.test(beginning)) return 'HAR';
  if (/^\d{2,9}:\d{1,2}:[a-z_]+[;,]/.test(beginning)) return 'mitmproxy';
  return /^[123] [0-9a-f]{8,} \d{16,}(?: -?\d+)?\n/.test(beginning) ? 'goreplay' : null;
}

function beginningOf(descriptor: number): Buffer {
  const bytes = Buffer.alloc(100);
  return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, bytes.length, 0));
}

/** Compressed files from Firehose have no extension that says so. */
function compressionOf(beginning: Buffer): Compression {
  if (beginning.length < 4) return 'none';
  if (beginning[0] === 0x1f && beginning[1] === 0x8b) return 'gzip';
  // The first frame may be skippable (RFC 8878, 3.1.2).
  const skippable = (beginning.readUInt32LE() & 0xfffffff0) >>> 0 === 0x184d2a50;
  return skippable || beginning.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'none';
}

/** Typical compression ratio. */
const UNFOLDED = 8;

/** Estimated number of decompressed bytes; null if the size of an input is unknown. */
export function unfoldedBytes(inputs: readonly Input[]): number | null {
  return inputs.reduce<number | null>(
    (sum, { bytes, compression }) =>
      sum === null || bytes === null ? null : sum + bytes * (compression === 'none' ? 1 : UNFOLDED),
    0,
  );
}
