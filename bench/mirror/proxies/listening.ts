/** A measured proxy as its own process: it takes its upstream's URL, and reports its port as the mirror does. */
import type { Server } from 'node:http';

export const upstream = new URL(process.argv[2] ?? 'http://127.0.0.1:80');

export function listening(server: Server): void {
  server.keepAliveTimeout = 75_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    console.log(JSON.stringify({ event: 'listening', port }));
  });
  process.once('SIGTERM', () => process.exit(0));
}
