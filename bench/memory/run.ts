/** Envoy's memory as the mirror against a plain one's, with a recorder that hangs unless told otherwise. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Memory, memoryAgainstPlain } from './against-plain.ts';

const USAGE =
  'bench memory [--seconds 20] [--up 250000] [--down 1000000] [--cap 262144] [--recorder hung|dead|healthy]';
const argsSchema = z.object({
  seconds: z.coerce.number().int().min(2).max(3_600).default(20),
  /** Bytes of each request and of each answer. */
  up: z.coerce.number().int().min(1).max(10_000_000).default(250_000),
  down: z.coerce.number().int().min(1).max(10_000_000).default(1_000_000),
  cap: z.coerce.number().int().default(262_144),
  recorder: z.enum(['hung', 'dead', 'healthy']).default('hung'),
});

export async function run(args: string[]): Promise<void> {
  const options = parse(args);
  const seen = await memoryAgainstPlain(options);
  const text = ({ requests, peak, median }: Memory) =>
    `${median.toFixed(0)} MB (at most ${peak.toFixed(0)}), ${requests} requests`;
  console.log(`plain Envoy: ${text(seen.plain)}`);
  console.log(`the mirror, its recorder ${options.recorder}: ${text(seen.mirror)}`);
  console.log(
    `${(seen.mirror.median / seen.plain.median).toFixed(2)} ×, by the most ${(seen.mirror.peak / seen.plain.peak).toFixed(2)} ×`,
  );
}

function parse(args: string[]) {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { seconds: string, up: string, down: string, cap: string, recorder: string },
    });
    return argsSchema.parse(values);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
