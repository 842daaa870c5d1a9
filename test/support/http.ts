import { createServer, type RequestListener, type Server } from 'node:http';

/** Starts a server on a free loopback port. @returns the server, its URL and a function that stops it */
export async function serve(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly server: Server; stop(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${portOf(server)}`, stop: () => stop(server) };
}

/** Starts an existing server on a free loopback port. @returns its URL */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server)}`;
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return address.port;
}
