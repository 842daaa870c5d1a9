/** Reads from the mirror's Dockerfile how the image runs the mirror: Node's arguments and the environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/**
 * @param folder the build context, made by lib/assets/mirror-images.ts
 * @throws Error if the Dockerfile has no CMD or no ENV
 */
export function mirrorCommand(folder: string): { readonly args: string[]; readonly env: Record<string, string> } {
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const said = (instruction: string) => {
    const found = new RegExp(`^${instruction} (.+)$`, 'm').exec(dockerfile)?.[1];
    if (found === undefined) throw new Error(`${folder}/Dockerfile: no ${instruction}`);
    return found;
  };
  const command = z.array(z.string()).parse(JSON.parse(said('CMD')));
  const env = said('ENV')
    .split(' ')
    .map((pair) => z.tuple([z.string(), z.string()]).parse(pair.split('=')));
  return { args: command.map((arg) => (arg.endsWith('.mjs') ? join(folder, arg) : arg)), env: Object.fromEntries(env) };
}
