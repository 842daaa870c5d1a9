/**
 * Moves captures off the customers' thread: redaction, serialisation and the sink run in a thread of their own. The
 * captures in progress are limited in bytes. Further ones are dropped and counted; nothing waits.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bodiesOf, type RawCapture, type RecordRules, sizeOf } from '../../capture/index.ts';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import type { Counters } from './counters.ts';
import type { SinkConfig } from './sink.ts';

export interface Capture {
  /** Takes a capture, or drops and counts it. Never throws and never waits. */
  offer(pair: RawCapture): void;
  /** Resolves when everything that was taken has been delivered or dropped, at the latest after `withinMs`. */
  close(withinMs: number): Promise<void>;
}

export interface CaptureSettings {
  readonly rules: RecordRules;
  readonly sink: SinkConfig;
  /** Interval between batches to the sink, in milliseconds. */
  readonly flushMs: number;
}

/**
 * Report of the capture thread after each batch: the number of captures, their size in bytes, and how many the sink
 * accepted.
 */
export interface Settled {
  readonly pairs: number;
  readonly bytes: number;
  readonly delivered: number;
}

/** Limit for captures on their way to the thread. The largest captures that can be in progress at once fit twice. */
const QUEUE_BYTES = 64 * 1024 * 1024;
/** Captures are passed to the thread in groups, because a message costs more than its content. */
const HAND_OVER_MS = 20;
const HAND_OVER_PAIRS = 64;
/** Delay before a thread that ended is restarted. */
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
    // The entry is next to this module, as source, compiled module or bundle.
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
