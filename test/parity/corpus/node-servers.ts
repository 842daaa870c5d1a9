/** Runs the stable sides of the corpus on free loopback ports: Express 4 and 5, and Fastify. */
import { createServer, type Server } from 'node:http';
import express5 from 'express';
import express4 from 'express4';
import { listen, stop } from '../../support/http.ts';
import { expressApp } from './express-app.ts';
import { fastifyApp } from './fastify-app.ts';
import { writeFiles } from './files.ts';

export type NodeSide = 'express4' | 'express5' | 'fastify';

export interface NodeServers {
  readonly port: Readonly<Record<NodeSide, number>>;
  stop(): Promise<void>;
}

export async function startNodeServers(): Promise<NodeServers> {
  const files = writeFiles();
  const fastify = fastifyApp();
  const servers = [createServer(expressApp(express4, files)), createServer(expressApp(express5, files))];
  const [four, five] = await Promise.all(servers.map(listenOn));
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  return {
    port: { express4: four ?? 0, express5: five ?? 0, fastify: portOf(fastify.server) },
    async stop() {
      await Promise.all([...servers.map(stop), fastify.close()]);
    },
  };
}

async function listenOn(server: Server): Promise<number> {
  await listen(server);
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
