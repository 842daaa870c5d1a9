/**
 * Prints a free port of 127.0.0.1, below those that the system gives away by itself: nobody takes one while a server
 * that is told to use it starts.
 */
const { createServer } = require('node:net');

const [LOWEST, PORTS] = [20_000, 10_000];
const attempt = () => {
  const port = LOWEST + Math.floor(Math.random() * PORTS);
  const server = createServer()
    .on('error', attempt)
    .listen(port, '127.0.0.1', () => server.close(() => console.log(port)));
};
attempt();
