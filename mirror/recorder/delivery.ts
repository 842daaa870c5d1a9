/**
 * Captures leave the customers' thread here: redaction, JSON and the sink have one of their own. What is under way is
 * bounded by bytes; beyond that captures are dropped and counted, never waited for.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bodiesOf, type RawCapture, type RecordRules, sizeOf } from '../../capture/index.ts';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import type { Counters } from './counters.ts';
import type { SinkConfig } from './sink.ts';

export interface Capture {
  /** Takes a capture, or drops and counts it. Never throws, never waits. */
  offer(pair: RawCapture): void;
  /** Resolves when what was taken has been delivered or dropped, or after `withinMs`. */
  close(withinMs: number): Promise<void>;
}

export interface CaptureSettings {
  readonly rules: RecordRules;
  readonly sink: SinkConfig;
  /** Milliseconds between two batches to the sink. */
  readonly flushMs: number;
}

/** What the capture's thread says after each batch: how many captures, of how many bytes, and how many the sink took. */
export interface Settled {
  readonly pairs: number;
  readonly bytes: number;
  readonly delivered: number;
}

/** Of captures on their way. Twice the largest captures that can be under way at once fit. */
const QUEUE_BYTES = 64 * 1024 * 1024;
/** Captures are handed over together: a message costs more than what it carries. */
const HAND_OVER_MS = 20;
const HAND_OVER_PAIRS = 64;
/** A thread that ends is started again, but not at once. */
const RESTART_MS = 1_000;

export class ThreadCapture implements Capture {
  readonly #settings: CaptureSettings;
  readonly #counters: Counters;
  #worker: Worker | undefined;
  #batch: RawCapture[] = [];
  #timer: NodeJS.Timeout | undefined;
  #pairs = 0;
  #bytes = 0;
  #idle: (() => void) | undefined;
  #closed = false;

  constructor(settings: CaptureSettings, counters: Counters) {
    this.#settings = settings;
    this.#counters = counters;
    this.#start();
  }

  offer(pair: RawCapture): void {
    const bytes = sizeOf(pair);
    if (this.#worker === undefined || this.#bytes + bytes > QUEUE_BYTES) {
      this.#counters.drop('queue');
      return;
    }
    this.#pairs++;
    this.#bytes += bytes;
    this.#batch.push(pair);
    if (this.#batch.length >= HAND_OVER_PAIRS) this.#handOver();
    else this.#timer ??= setTimeout(() => this.#handOver(), HAND_OVER_MS);
  }

  async close(withinMs: number): Promise<void> {
    this.#handOver();
    this.#closed = true;
    if (this.#pairs > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        timer = setTimeout(resolve, withinMs);
      });
      clearTimeout(timer);
    }
    await this.#worker?.terminate();
  }

  #handOver(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pairs = this.#batch;
    this.#batch = [];
    if (pairs.length > 0)
      this.#worker?.postMessage(
        pairs,
        pairs.flatMap(bodiesOf).map(({ data }) => data.buffer),
      );
  }

  #start(): void {
    // The entry stands beside this module, as source, as compiled module or as bundle.
    const entry = new URL(`delivery-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(entry, { workerData: this.#settings });
    this.#worker = worker;
    worker.on('message', (settled: Settled) => this.#settle(settled));
    worker.on('error', (error) =>
      console.error(JSON.stringify({ event: 'capture-thread failed', error: withoutSecrets(String(error)) })),
    );
    worker.once('exit', () => {
      this.#worker = undefined;
      this.#settle({ pairs: this.#pairs, bytes: this.#bytes, delivered: 0 });
      this.#batch = [];
      if (!this.#closed) setTimeout(() => this.#start(), RESTART_MS);
    });
  }

  #settle({ pairs, bytes, delivered }: Settled): void {
    this.#pairs -= pairs;
    this.#bytes -= bytes;
    this.#counters.delivered(delivered);
    if (pairs > delivered) this.#counters.drop('sink', pairs - delivered);
    if (this.#pairs === 0) this.#idle?.();
  }
}
