/** A mirror between two services, in this process. Its captures are kept in a list instead of going to a thread. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { connect, type Server, type Socket } from 'node:net';
import { Pool } from 'undici';
import type { CaptureRecord } from '../../capture/format/record.ts';
import type { RawCapture } from '../../capture/raw-capture.ts';
import type { RedactionRules } from '../../capture/redaction/index.ts';
import { RecordMaker } from '../../capture/stored-record.ts';
import { Face } from '../../mirror/embedded/face.ts';
import { FailureLog } from '../../mirror/embedded/failure-log.ts';
import type { CopyPolicy } from '../../mirror/recorder/copy-policy.ts';
import { Counters } from '../../mirror/recorder/counters.ts';
import { ExchangeRecorder } from '../../mirror/recorder/exchange-recorder.ts';
import { Shadow } from '../../mirror/recorder/shadow.ts';
import type { Side } from '../../sides/index.ts';
import { listen, serve, stop } from '../support/http.ts';

export const KEY = 'a-key-of-sixteen-bytes';

export interface RigOptions {
  readonly primary?: Side;
  readonly policy?: Partial<CopyPolicy>;
  readonly redaction?: Partial<RedactionRules>;
  readonly maxInFlight?: number;
  readonly deadlineMs?: number;
}

export interface Rig {
  readonly url: string;
  readonly port: number;
  readonly face: Face;
  readonly counters: Counters;
  readonly records: CaptureRecord[];
  /** Log lines that give the reason why a client got 502. */
  readonly failures: string[];
  /** Resolves with the record at index `n` when it has been captured. */
  captured(n?: number): Promise<CaptureRecord>;
  stop(): Promise<void>;
}

export async function startRig(
  stable: RequestListener | Server,
  candidate: RequestListener | Server,
  options: RigOptions = {},
): Promise<Rig> {
  const services = { stable: await started(stable), candidate: await started(candidate) };
  const primary = options.primary ?? 'stable';
  const pools = { stable: new Pool(services.stable.url), candidate: new Pool(services.candidate.url) };
  const counters = new Counters();
  const policy: CopyPolicy = {
    sampleRate: 1,
    allowed: { candidate: [], stable: [] },
    bodyCap: 262_144,
    noiseRate: 0,
    ...options.policy,
  };
  const sample = { cap: policy.bodyCap, key: KEY };
  const limits = { counters, sample, maxInFlight: options.maxInFlight ?? 64, deadlineMs: options.deadlineMs ?? 2_000 };
  const maker = new RecordMaker({
    ingress: 'g',
    routes: ['/items/{id}'],
    redaction: { key: KEY, fields: [], parameters: [], pointers: [], ...options.redaction },
  });
  const records: CaptureRecord[] = [];
  const failures: string[] = [];
  const waiting = new Set<() => void>();
  const capture = {
    offer: (pair: RawCapture) => {
      records.push(maker.make(pair));
      for (const wake of waiting) wake();
    },
    close: async () => {},
  };
  const shadows = {
    stable: new Shadow({ dispatcher: pools.stable, ...limits }),
    candidate: new Shadow({ dispatcher: pools.candidate, ...limits }),
  };
  const noise = new Shadow({ dispatcher: pools.stable, ...limits });
  const face = new Face({
    primary,
    primaryUrl: new URL(services[primary].url),
    ingress: 'g',
    keepAliveMs: 75_000,
    failures: new FailureLog(
      (line) => failures.push(line),
      () => performance.now(),
    ),
    recorder: new ExchangeRecorder({ shadows, noise, capture, counters, policy }),
    counters,
    policy,
    sample,
    routes: ['/items/{id}'],
  });
  const url = await listen(face.server);
  return {
    url,
    port: Number(new URL(url).port),
    face,
    counters,
    records,
    failures,
    captured: (n = 0) =>
      new Promise((resolve) => {
        const check = () => {
          const record = records[n];
          if (record === undefined) return;
          waiting.delete(check);
          resolve(record);
        };
        waiting.add(check);
        check();
      }),
    async stop() {
      await stop(face.server);
      await Promise.all(Object.values(pools).map((pool) => pool.destroy()));
      await Promise.all([services.stable.stop(), services.candidate.stop()]);
    },
  };
}

async function started(service: RequestListener | Server): Promise<{ url: string; stop(): Promise<void> }> {
  if (typeof service === 'function') return serve(service);
  const sockets = new Set<Socket>();
  service.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const address = service.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => service.close(done));
    },
  };
}

export const json =
  (body: string): RequestListener =>
  (req, res) => {
    req.resume();
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  };

/** A service that never answers. */
export const never: RequestListener = () => {};

export async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A connection on which raw bytes are written and read. */
export class RawClient {
  readonly socket: Socket;
  #text = '';
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#wake?.();
    });
    this.socket.on('error', () => {});
    this.socket.once('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  get text(): string {
    return this.#text;
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Resolves with everything received so far, when that matches or when the other side has closed. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text) && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#text;
  }

  async untilClosed(): Promise<string> {
    return this.until(/(?!)/);
  }

  destroy(): void {
    this.socket.destroy();
  }
}
