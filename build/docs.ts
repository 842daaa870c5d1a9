/**
 * `npm run docs`: writes the pages that are made from code. `test/docs/generated.test.ts` fails when one of them is
 * stale.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesise } from '../rehearsal/scenario/index.ts';
import { generatedPages } from './docs/index.ts';

const ROOT = join(import.meta.dirname, '..');

const synthesis = await synthesise();
try {
  for (const { file, text } of generatedPages(synthesis.assembly)) writeFileSync(join(ROOT, file), text);
} finally {
  await synthesis.dispose();
}
