/** Entry of the capture's thread: captures come in as messages, go out as lines to the sink, one batch at a time. */
import { setTimeout as after } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type RawCapture, RecordMaker, sizeOf } from '../../capture/index.ts';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import type { CaptureSettings, Settled } from './delivery.ts';
import { sinkOf } from './sink.ts';

const settings: CaptureSettings = workerData;
const maker = new RecordMaker(settings.rules);
const sink = sinkOf(settings.sink);
let waiting: RawCapture[] = [];
let sending = false;

parentPort?.on('message', (pairs: readonly RawCapture[]) => {
  waiting.push(...pairs);
  if (!sending) void send();
});

/** Until nothing waits any more; what comes meanwhile goes with the next batch. */
async function send(): Promise<void> {
  sending = true;
  while (waiting.length > 0) {
    await after(settings.flushMs);
    const pairs = waiting;
    waiting = [];
    const bytes = pairs.reduce((sum, pair) => sum + sizeOf(pair), 0);
    const delivered = await sink.send(pairs.flatMap(lineOf));
    parentPort?.postMessage({ pairs: pairs.length, bytes, delivered } satisfies Settled);
  }
  sending = false;
}

/** A capture that cannot be written is one that the sink does not get. */
function lineOf(pair: RawCapture): Buffer[] {
  try {
    return [maker.line(pair)];
  } catch (error) {
    const [requestId, reason] = [pair.requestId, String(error)].map(withoutSecrets);
    console.error(JSON.stringify({ event: 'pair not recorded', requestId, error: reason }));
    return [];
  }
}
