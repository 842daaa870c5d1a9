/**
 * Requests one after another on one kept-alive connection: the effect on a customer's browser of a shadow that is 2 s
 * slow.
 */
import { Connection } from './open-loop.ts';
import type { Target } from './subjects.ts';

const REQUESTS = 4;

/** Milliseconds of each request. */
export async function stall({ port }: Target): Promise<number[]> {
  const times: number[] = [];
  const request = Buffer.from(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await new Promise<void>((resolve) => {
    const connection = new Connection(port, (since) => {
      times.push(performance.now() - since);
      if (times.length < REQUESTS) return connection.send(request, performance.now());
      connection.close();
      resolve();
    });
    connection.send(request, performance.now());
  });
  return times;
}
