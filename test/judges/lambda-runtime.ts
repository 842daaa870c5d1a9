/** Runs a function's bundle under AWS's runtime interface client, served by AWS's emulator. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FunctionSpec } from '../../rehearsal/cloud/lambda/lambda.ts';

export interface RuntimeParts {
  readonly emulator: string;
  readonly client: string;
}

export interface Runtime {
  /** Returns what the function answered, or what Lambda reports of its error. */
  invoke(event: unknown): Promise<unknown>;
  stop(): void;
}

export async function startRuntime(
  { emulator, client }: RuntimeParts,
  { name, codeDir, environment, timeoutSeconds, accessKeyId = 'local' }: FunctionSpec,
  cloud: Readonly<Record<string, string>>,
): Promise<Runtime> {
  const [port, api] = [await freePort(), await freePort()];
  const addresses = [
    '--runtime-interface-emulator-address',
    `127.0.0.1:${port}`,
    '--runtime-api-address',
    `127.0.0.1:${api}`,
  ];
  const runtime = [
    process.execPath,
    '--require',
    join(import.meta.dirname, 'runtime_client.cjs'),
    client,
    'index.handler',
  ];
  const process_ = spawn(emulator, [...addresses, ...runtime], {
    stdio: 'ignore',
    env: {
      ...cloud,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
      LAMBDA_TASK_ROOT: codeDir,
      ...environment,
    },
  });
  const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
  return {
    async invoke(event) {
      for (let attempt = 0; ; attempt++) {
        try {
          const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
          return await response.json();
        } catch (error) {
          if (attempt === 100) throw error;
          await delay(100);
        }
      }
    },
    stop: () => void process_.kill(),
  };
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
