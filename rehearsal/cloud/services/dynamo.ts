/**
 * DynamoDB: dynalite, in memory, on a port of its own. Handlers reach it through the cloud's endpoint, like all
 * services.
 */
import type { Server } from 'node:http';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { Pool } from 'undici';
import * as z from 'zod';
import { LOCAL_CLIENT, listen } from '../../machine/index.ts';
import type { RawAnswer, RawRequest } from '../wire/index.ts';

/** The parts of a table's template that dynalite supports. Streams, backups and encryption have no counterpart. */
export const tableSchema = z.looseObject({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
});
export type TableKeys = z.infer<typeof tableSchema>;

const PK_SK: TableKeys = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
};

/** The request that creates a table. @param keys by default those of the ledger: `pk` and `sk` */
export function tableProperties(
  TableName: string,
  { AttributeDefinitions, KeySchema }: TableKeys = PK_SK,
): CreateTableCommandInput {
  return { TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema };
}

export interface LocalDynamo {
  readonly url: string;
  /** @default keys a table with the string keys `pk` and `sk` */
  createTable(name: string, keys?: TableKeys): Promise<void>;
  /** Answers a client's request, whoever received it. */
  readonly forward: (request: RawRequest) => Promise<RawAnswer>;
  stop(): Promise<void>;
}

export async function startDynamo(): Promise<LocalDynamo> {
  const server: Server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const url = await listen(server);
  const client = new DynamoDBClient({
    endpoint: url,
    ...LOCAL_CLIENT,
  });
  const pool = new Pool(url, { connections: 32 });
  return {
    url,
    async createTable(name, keys) {
      await client.send(new CreateTableCommand(tableProperties(name, keys)));
    },
    forward: async ({ path, headers, body }) => {
      const response = await pool.request({ method: 'POST', path, headers: endToEnd(headers), body });
      const answer = Buffer.from(await response.body.arrayBuffer());
      return { status: response.statusCode, headers: endToEnd(flat(response.headers)), body: answer };
    },
    async stop() {
      client.destroy();
      await pool.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect', 'date']);

function endToEnd(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v ?? '')]));
}
