/** `npm run bench -- <name> [args]`: runs one benchmark. Each prints ratios against a reference of the same run. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Benchmark {
  run(args: string[]): Promise<void>;
}

const [name, ...args] = process.argv.slice(2);
const known = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, 'run.ts')))
  .map((entry) => entry.name);

if (name === undefined || !known.includes(name)) {
  console.error(`Which benchmark? ${known.join(', ')}`);
  process.exitCode = 2;
} else {
  const benchmark: Benchmark = await import(join(import.meta.dirname, name, 'run.ts'));
  await benchmark.run(args);
}
