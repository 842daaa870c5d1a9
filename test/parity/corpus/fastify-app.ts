/** The corpus's stable side in Fastify, limited to the routes whose answers Fastify itself decides. */
import { type FastifyInstance, fastify } from 'fastify';
import { NODE_VALUES } from './node-values.ts';

export function fastifyApp(): FastifyInstance {
  const app = fastify({ bodyLimit: 1_000 });
  app.get<{ Params: { case: string } }>('/json/:case', async (request) => NODE_VALUES[request.params.case]);
  app.get('/json-encoder', async () => ({ ok: true }));
  app.get('/items', async () => ({ items: [1] }));
  app.get('/dir', async () => ({ dir: true }));
  app.get<{ Params: { id: string } }>('/params/:id', async (request) => ({ id: request.params.id }));
  app.get('/query', async (request) => request.query);
  app.get<{ Querystring: { q?: string } }>('/first', async (request) => ({ q: request.query.q }));
  app.get('/panic', async () => {
    throw new Error('boom');
  });
  app.get('/plain', async () => 'hello');
  app.get('/no-charset', async () => ({ ok: true }));
  app.get('/untyped', async () => ({ ok: true }));
  app.get('/empty', async (_request, reply) => reply.status(204).send());
  app.get('/moved', async (_request, reply) => reply.redirect('/items'));
  app.post<{ Body: { name?: string } | undefined }>('/names', async (request) => ({ name: request.body?.name }));
  return app;
}
