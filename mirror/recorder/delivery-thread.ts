/** Entry of the capture thread: captures arrive as messages and leave as lines to the sink, one batch at a time. */
import { setTimeout as after } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { discardBodies, type RawCapture, RecordMaker, sizeOf } from '../../capture/index.ts';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import type { CaptureSettings, Settled } from './delivery.ts';
import { sinkOf } from './sink.ts';

const settings: CaptureSettings = workerData;
const maker = new RecordMaker(settings.rules);
const sink = sinkOf(settings.sink);
/** The most that Firehose accepts in one call. */
const PIECE_BYTES = 4 * 1024 * 1024;

let waiting: RawCapture[] = [];
let sending = false;

parentPort?.on('message', (pairs: readonly RawCapture[]) => {
  waiting.push(...pairs);
  if (!sending) void send();
});

/** Sends until nothing waits any more. Captures that arrive meanwhile go with the next batch. */
async function send(): Promise<void> {
  sending = true;
  while (waiting.length > 0) {
    await after(settings.flushMs);
    const batch = waiting;
    waiting = [];
    while (batch.length > 0) await deliver(pieceOf(batch));
  }
  sending = false;
}

/** Takes the first captures out of a batch. Of a long batch, only one piece at a time exists as text. */
function pieceOf(batch: RawCapture[]): RawCapture[] {
  let [bytes, count] = [0, 0];
  for (const pair of batch) {
    bytes += sizeOf(pair);
    if (count > 0 && bytes > PIECE_BYTES) break;
    count++;
  }
  return batch.splice(0, count);
}

async function deliver(pairs: readonly RawCapture[]): Promise<void> {
  const bytes = pairs.reduce((sum, pair) => sum + sizeOf(pair), 0);
  const delivered = await sink.send(pairs.flatMap(lineOf));
  parentPort?.postMessage({ pairs: pairs.length, bytes, delivered } satisfies Settled);
}

/** A capture that cannot be serialised counts as one that the sink did not get. */
function lineOf(pair: RawCapture): Buffer[] {
  try {
    return [maker.line(pair)];
  } catch (error) {
    const [requestId, reason] = [pair.requestId, String(error)].map(withoutSecrets);
    console.error(JSON.stringify({ event: 'pair not recorded', requestId, error: reason }));
    return [];
  } finally {
    discardBodies(pair);
  }
}
