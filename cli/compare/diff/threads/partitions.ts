/** Sorts answers into partitions: in memory up to a limit, and beyond it in files of a temporary directory. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../shared/index.ts';
import { LOG_SIDES, type LogSide, type PartitionContent } from './tasks.ts';

/** A partition is joined in memory. A larger one has few keys, with too many answers each. */
const LARGEST = 256 * 1024 * 1024;

interface Part {
  parts: Uint8Array[];
  bytes: number;
  file: string | null;
  spilled: number;
}

export class Partitions {
  readonly #limit: number;
  readonly #sides: Readonly<Record<LogSide, readonly Part[]>>;
  #bytes = 0;
  #directory: string | undefined;
  #spilling: Promise<void> = Promise.resolve();

  /** @param limit how many bytes may be kept in memory */
  constructor(count: number, limit: number) {
    this.#limit = limit;
    const parts = () => Array.from({ length: count }, (): Part => ({ parts: [], bytes: 0, file: null, spilled: 0 }));
    this.#sides = { stable: parts(), candidate: parts(), control: parts() };
  }

  /** How many bytes were written to disk. */
  get spilled(): number {
    return this.#all().reduce((sum, part) => sum + part.spilled, 0);
  }

  async add(side: LogSide, pieces: readonly Uint8Array[]): Promise<void> {
    for (const [i, piece] of pieces.entries()) {
      const part = this.#sides[side][i];
      if (part === undefined || piece.length === 0) continue;
      part.parts.push(piece);
      part.bytes += piece.length;
      this.#bytes += piece.length;
    }
    if (this.#bytes > this.#limit) this.#spilling = this.#spilling.then(() => this.#spill());
    await this.#spilling;
  }

  /**
   * All sides of each partition; a partition that was returned is dropped.
   * @throws UsageError if one is too large to join in memory
   */
  *contents(): Generator<Readonly<Record<LogSide, PartitionContent>>> {
    for (const [i, stable] of this.#sides.stable.entries()) {
      const [candidate, control] = [this.#sides.candidate[i], this.#sides.control[i]];
      if (candidate === undefined || control === undefined) continue;
      for (const part of [stable, candidate, control]) {
        if (part.bytes + part.spilled > LARGEST)
          throw new UsageError(
            'too many answers share one method, URL and order: add request ids (X-Request-Id), or compare shorter logs',
          );
      }
      yield { stable: handOut(stable), candidate: handOut(candidate), control: handOut(control) };
    }
  }

  async close(): Promise<void> {
    await this.#spilling.catch(() => {});
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #spill(): Promise<void> {
    if (this.#bytes <= this.#limit) return;
    this.#directory ??= await mkdtemp(join(tmpdir(), 'crossfade-diff-'));
    for (const [i, part] of this.#all().entries()) {
      if (part.bytes === 0) continue;
      const data = Buffer.concat(part.parts);
      this.#bytes -= part.bytes;
      part.parts = [];
      part.bytes = 0;
      part.spilled += data.length;
      part.file ??= join(this.#directory, String(i));
      await appendFile(part.file, data, { mode: 0o600 });
    }
  }

  #all(): readonly Part[] {
    return LOG_SIDES.flatMap((side) => this.#sides[side]);
  }
}

function handOut(part: Part): PartitionContent {
  const rest = new Uint8Array(part.bytes);
  let at = 0;
  for (const piece of part.parts) {
    rest.set(piece, at);
    at += piece.length;
  }
  part.parts = [];
  part.bytes = 0;
  return { file: part.file, rest };
}
