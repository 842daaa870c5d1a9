/**
 * Stands in for the compiled part of AWS's runtime interface client, an HTTP client in C++ that takes minutes to build: the same three
 * calls of the runtime's API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Preloaded, it is what any `.node` file is.
 */
const Module = require('node:module');

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
let answered = Promise.resolve();
const post = (path, body) => {
  answered = fetch(`${api}/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
};

const client = {
  initializeClient: () => {},
  next: async () => {
    await answered;
    const response = await fetch(`${api}/next`);
    return { bodyJson: await response.text(), headers: Object.fromEntries(response.headers) };
  },
  done: (id, body) => post(`${id}/response`, body),
  error: (id, body) => post(`${id}/error`, body),
};

Module._extensions['.node'] = (module) => {
  module.exports = client;
};
