/** Fronts in threads of their own, so that a busy load balancer does not make a service appear slow. */
import { Worker } from 'node:worker_threads';
import { ownModule } from '../machine/index.ts';
import type { Front, FrontOptions } from './front.ts';
import type { TargetFault } from './target-fault.ts';

export type FrontOrder = TargetFault | 'stop';

export async function startFrontThread(options: FrontOptions): Promise<Front> {
  const worker = new Worker(ownModule('rehearsal', 'dataplane', 'front-worker'), {
    workerData: options,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const listening = Promise.withResolvers<number>();
  const done = Promise.withResolvers<void>();
  worker.on('error', (error) => {
    listening.reject(error);
    done.reject(error);
  });
  // Whoever stops it handles the error.
  done.promise.catch(() => {});
  worker.on('message', (message: { port: number } | { done: true }) => {
    if ('port' in message) listening.resolve(message.port);
    else done.resolve();
  });
  const port = await listening.promise;
  let stopped: Promise<void> | undefined;
  return {
    port,
    inject: (fault) => worker.postMessage(fault satisfies FrontOrder),
    stop() {
      stopped ??= (async () => {
        worker.postMessage('stop' satisfies FrontOrder);
        await done.promise;
        await worker.terminate();
      })();
      return stopped;
    },
  };
}
