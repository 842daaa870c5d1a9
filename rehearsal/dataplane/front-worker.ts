/** A front in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { type FrontOptions, startFront } from './front.ts';
import type { FrontOrder } from './front-thread.ts';

const options: FrontOptions = workerData;
const front = await startFront(options);
parentPort?.on('message', async (order: FrontOrder) => {
  if (order !== 'stop') front.inject(order);
  else {
    await front.stop();
    parentPort?.postMessage({ done: true });
  }
});
parentPort?.postMessage({ port: front.port });
