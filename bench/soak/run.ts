/**
 * The mirror as it is deployed, Envoy and its recorder, at a moderate rate for a long time: resident memory of both,
 * and whether every request and every copy is in a count at the end.
 */
import { Agent, createServer, type RequestListener, request } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { portOf, startMirror } from '../../test/mirror/mirror-process.ts';
import { asInTask, residentMb } from '../mirror/proc.ts';
import { slope } from '../mirror/statistics.ts';

const USAGE = 'bench soak [--seconds 2700] [--rate 30] [--copied 0.2] [--each 30]';
const argsSchema = z.object({
  seconds: z.coerce.number().int().min(20).max(86_400).default(2_700),
  /** Requests per second, whether or not the earlier ones were answered. */
  rate: z.coerce.number().int().min(1).max(1_000).default(30),
  copied: z.coerce.number().min(0).max(1).default(0.2),
  /** Seconds between two lines. */
  each: z.coerce.number().int().min(1).max(600).default(30),
});

/** As the recorder's image has them (mirror/sidecar/Dockerfile). */
const RECORDER = {
  NODE_OPTIONS: '--max-semi-space-size=16',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** Answers in turn: most are small, one in ten is large. */
const SIZES = [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 2_000, 1_000, 60_000, 400_000];
const ANSWERS = SIZES.map(jsonOf);
const UPLOAD = jsonOf(20_000);
const LEAVES_EACH = 101;
const UPLOADS_EACH = 5;
const LAST_ANSWERS_MS = 5_000;
/** As a load balancer does, these clients close a connection before the mirror would, which gives it 75 s. */
const CLIENT_IDLE_MS = 60_000;

/** Customers as a shop's answers hold them, with what redaction looks for. */
function jsonOf(bytes: number): Buffer {
  const customers: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    const customer = `{"id":${i},"email":"customer${i}@example.com","password":"p${i}","note":"delivered to the door ${i}"}`;
    customers.push(customer);
    length += customer.length + 1;
  }
  return Buffer.from(`[${customers.join(',')}]`);
}

const shop: RequestListener = (req, res) => {
  req.resume().once('end', () => {
    const body = ANSWERS[Number(req.headers['x-turn'] ?? 0) % ANSWERS.length];
    res.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
};

export async function run(args: string[]): Promise<void> {
  const { seconds, rate, copied, each } = parse(args);
  const ports = { stable: await portOf(createServer(shop)), candidate: await portOf(createServer(shop)) };
  const mirror = await startMirror('envoy', {
    ...ports,
    env: {
      ...RECORDER,
      MIRROR_SAMPLE_RATE: String(copied),
      MIRROR_COPY_ALLOW: 'POST /items/{id}',
      MIRROR_SINK: 'ndjson:/dev/null',
      MIRROR_FLUSH_MS: '1000',
    },
  });
  const recorderPid = z.number().parse(mirror.child.listening.recorderPid);
  asInTask(recorderPid);
  const clients = new Clients(mirror.port);
  const memory: { readonly envoy: number; readonly recorder: number }[] = [];
  const start = performance.now();
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < rate; i++) {
      clients.ask();
      await after(Math.max(0, start + second * 1_000 + ((i + 1) * 1_000) / rate - performance.now()));
    }
    const now = { envoy: residentMb(mirror.proxyPid), recorder: residentMb(recorderPid) };
    memory.push(now);
    if (second % each === each - 1) {
      const allocated = await allocatedMb(mirror.child.port('adminPort'));
      console.log(
        `${second + 1} s: Envoy ${now.envoy.toFixed(0)} MB (${allocated.toFixed(1)} allocated), recorder ${now.recorder.toFixed(0)} MB, ${JSON.stringify(clients.counts)}`,
      );
    }
  }
  await after(LAST_ANSWERS_MS);
  clients.close();
  await mirror.stop();
  console.log(`told by the mirror: ${JSON.stringify(mirror.metrics())}`);
  for (const line of mirror.lines.slice(0, 20)) console.log(`log: ${line}`);
  for (const name of ['envoy', 'recorder'] as const) {
    const { perSecond, margin } = slope(memory.slice(Math.floor(seconds / 2)).map((at) => at[name]));
    console.log(`${name}: ${(perSecond * 60).toFixed(3)} ± ${(margin * 60).toFixed(3)} MB a minute in the second half`);
  }
  process.exit();
}

/** What Envoy holds, without what its allocator keeps of memory that was given back. */
async function allocatedMb(adminPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/memory`);
  const { allocated } = z.object({ allocated: z.coerce.number() }).parse(await answer.json());
  return allocated / 2 ** 20;
}

/** Requests of all kinds, by kept connections; one in a hundred leaves before its answer has ended. */
class Clients {
  readonly counts: Record<string, number> = { sent: 0 };
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: CLIENT_IDLE_MS });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  ask(): void {
    const n = this.#count('sent');
    const uploads = n % UPLOADS_EACH === 0;
    const leaves = n % LEAVES_EACH === 0;
    const headers = { 'x-turn': String(n) };
    const path = `/items/${n % 1_000}`;
    const options = { port: this.#port, host: '127.0.0.1', agent: this.#agent, path, headers };
    const asked = request({ ...options, method: uploads ? 'POST' : 'GET' }, (answer) => {
      if (leaves) {
        this.#count('left');
        return void asked.destroy();
      }
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      const whole = ANSWERS[n % ANSWERS.length]?.length;
      answer.once('end', () =>
        this.#count(answer.statusCode === 200 && bytes !== whole ? 'wrong length' : String(answer.statusCode)),
      );
    });
    asked.on('error', (error: NodeJS.ErrnoException) => leaves || this.#count(error.code ?? error.message));
    asked.end(uploads ? UPLOAD : undefined);
  }

  close(): void {
    this.#agent.destroy();
  }

  #count(what: string): number {
    const count = (this.counts[what] ?? 0) + 1;
    this.counts[what] = count;
    return count;
  }
}

function parse(args: string[]): z.infer<typeof argsSchema> {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args, options: { seconds: string, rate: string, copied: string, each: string } });
    return argsSchema.parse(values);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
