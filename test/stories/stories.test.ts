import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { retell } from './story.ts';

const FOLDER = import.meta.dirname;
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

describe('the protocol, story by story', () => {
  it.each(files)('%s', async (name) => {
    const file = join(FOLDER, name);
    const told = readFileSync(file, 'utf8');
    const retold = await retell(told);
    if (process.env.STORIES === 'write') writeFileSync(file, retold);
    else expect(retold).toBe(told);
  });
});
