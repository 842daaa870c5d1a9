/**
 * The service of an acceptance, as one argument of `node -e`. It says which side it is, and the candidate fails on
 * request. The path requests the failure, so that two tasks need no shared state.
 */
export const TINY_SERVICE = `
const { SIDE, PORT } = process.env;
const server = require('node:http').createServer((req, res) => {
  const fails = SIDE === 'candidate' && req.url.startsWith('/fail');
  res.writeHead(fails ? 500 : 200, { 'content-type': 'application/json', 'x-served-by': SIDE });
  res.end(JSON.stringify({ ok: !fails }));
});
server.keepAliveTimeout = 65000;
server.listen(Number(PORT), () => console.log(JSON.stringify({ event: 'listening', port: server.address().port })));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`.trim();
