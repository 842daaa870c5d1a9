/**
 * Resident memory of Envoy as the mirror against a plain Envoy beside it: a few connections in a closed loop, with all
 * requests handed over. Memory, unlike time, hardly depends on what else the machine does.
 */
import { createServer, type RequestListener } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { Pool } from 'undici';
import { envoyBinary } from '../../mirror/local/index.ts';
import { portOf } from '../../test/mirror/mirror-process.ts';
import { type RecorderState, startEnvoyMirror, startPlainEnvoy } from '../mirror/envoy.ts';
import { residentMb } from '../mirror/proc.ts';
import { spread } from '../mirror/statistics.ts';

const CONNECTIONS = 8;
const LOOK_MS = 100;

export interface Load {
  readonly seconds: number;
  /** Bytes of each request, and of each answer. */
  readonly up: number;
  readonly down: number;
  /** `MIRROR_BODY_CAP`. */
  readonly cap: number;
  readonly recorder: RecorderState;
}

export interface Memory {
  readonly requests: number;
  readonly peak: number;
  /** Of the second half. */
  readonly median: number;
}

export async function memoryAgainstPlain(load: Load): Promise<Readonly<Record<'plain' | 'mirror', Memory>>> {
  const binary = envoyBinary(process.env);
  if (binary === null) throw new Error('no Envoy on this machine: name it in ENVOY');
  const primary = await portOf(createServer(answering(load.down)));
  const plain = await startPlainEnvoy(binary, primary);
  const mirror = await startEnvoyMirror(binary, load.recorder, {
    CROSSFADE_INGRESS: 'bench',
    MIRROR_BIND: '127.0.0.1',
    MIRROR_FORWARD_PORT: '0',
    MIRROR_REVERSE_PORT: '0',
    MIRROR_HEALTH_PORT: '0',
    MIRROR_STABLE_URL: `http://127.0.0.1:${primary}`,
    MIRROR_CANDIDATE_URL: `http://127.0.0.1:${primary}`,
    MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes',
    MIRROR_COPY_ALLOW: 'POST /{any}',
    MIRROR_BODY_CAP: String(load.cap),
    MIRROR_SINK: 'none',
  });
  try {
    return { plain: await memoryUnder(plain, load), mirror: await memoryUnder(mirror, load) };
  } finally {
    await Promise.all([plain.stop(), mirror.stop()]);
  }
}

function answering(bytes: number): RequestListener {
  const body = Buffer.alloc(bytes, 'x');
  return (req, res) => void req.resume().once('end', () => res.writeHead(200).end(body));
}

async function memoryUnder(subject: { readonly pid: number; readonly port: number }, load: Load): Promise<Memory> {
  const pool = new Pool(`http://127.0.0.1:${subject.port}`, { connections: CONNECTIONS });
  const body = Buffer.alloc(load.up, 'x');
  const end = performance.now() + load.seconds * 1_000;
  let requests = 0;
  const loop = async () => {
    for (; performance.now() < end; requests++) {
      const answer = await pool.request({ path: '/upload', method: 'POST', body });
      const { byteLength } = await answer.body.arrayBuffer();
      if (answer.statusCode !== 200 || byteLength !== load.down)
        throw new Error(`an answer of ${answer.statusCode} with ${byteLength} bytes`);
    }
  };
  const looks: number[] = [];
  const look = async () => {
    for (; performance.now() < end; await after(LOOK_MS)) looks.push(residentMb(subject.pid));
  };
  await Promise.all([look(), ...Array.from({ length: CONNECTIONS }, loop)]);
  await pool.destroy();
  const later = spread(looks.slice(Math.floor(looks.length / 2)));
  return { requests, peak: spread(looks).max, median: later.median };
}
