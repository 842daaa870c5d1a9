/** The service behind both gateways: orders by id, 404 for ids above 1000. */
import { createServer } from 'node:http';

const { PORT = '9000', BIND = '127.0.0.1' } = process.env;

const server = createServer((req, res) => {
  const id = Number(/^\/orders\/(\d+)$/.exec(req.url ?? '')?.[1] ?? Number.NaN);
  const known = id >= 1 && id <= 1000;
  res.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
  res.end(
    JSON.stringify(known ? { id, state: 'shipped', totalCents: id * 100, lines: [] } : { error: 'order not found' }),
  );
});

server.listen(Number(PORT), BIND, () => {
  const address = server.address();
  console.log(JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : 0 }));
});
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
