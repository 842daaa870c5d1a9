/**
 * `npm run mutants`: plants each fault of the tables and runs the tests that cover its file. `-- --sample 20` takes 20
 * of them, evenly spread; `-- --only TEXT` takes those whose file or name contains the text. It fails if a mutant
 * survives that its table does not list as a survivor, if a listed survivor is killed, if a fragment is no longer
 * found, or if fewer than 95 % are killed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, plant, readMutants } from './mutant.ts';
import { MutationSession } from './session.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LEAST_KILLED = 0.95;
const PROGRESS_MS = 30_000;

const { values } = parseArgs({ options: { sample: { type: 'string' }, only: { type: 'string', default: '' } } });

const all = readMutants();
for (const mutant of all) plant(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant);
const chosen = sampled(
  all.filter(({ file, what }) => `${file}: ${what}`.includes(values.only)),
  values.sample,
);
if (chosen.length === 0) throw new RangeError(`no mutant has "${values.only}"`);

const startedAt = performance.now();
const session = new MutationSession();
const surprises: string[] = [];
let [asked, killed] = [0, 0];
const progress = setInterval(
  () => process.stderr.write(`${asked} of ${chosen.length} mutants, ${killed} killed\n`),
  PROGRESS_MS,
);
if (!(await session.passes([...new Set(chosen.flatMap(({ tests }) => tests))])))
  throw new Error('the tests fail without a mutant');
for (const mutant of chosen) {
  const isKilled = await session.kills(mutant);
  asked++;
  if (isKilled) killed++;
  const { file, what, survives } = mutant;
  if (!isKilled) console.log(`survives: ${file}: ${what}${survives === null ? '' : ` (${survives})`}`);
  if (isKilled !== (survives === null)) surprises.push(`${file}: ${what}`);
}
clearInterval(progress);
await session.close();

const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(`mutants: ${killed} of ${chosen.length} killed in ${seconds} s (${all.length} in the tables)`);
for (const surprise of surprises) console.log(`the table says otherwise: ${surprise}`);
// Workers whose tests never end would keep the process alive.
process.exit(surprises.length === 0 && killed >= LEAST_KILLED * chosen.length ? 0 : 1);

function sampled(mutants: readonly Mutant[], size: string | undefined): readonly Mutant[] {
  if (size === undefined) return mutants;
  const step = mutants.length / Number(size);
  return mutants.filter((_, i) => Math.floor(i / step) > Math.floor((i - 1) / step));
}
