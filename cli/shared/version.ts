/** The version in the manifest, which is two folders up in the repository and three in the published package. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export function version(): string {
  const own = join(import.meta.dirname, '..', '..', 'package.json');
  const manifest = existsSync(own) ? own : join(import.meta.dirname, '..', '..', '..', 'package.json');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
}
