import { describe, expect, it } from 'vitest';
import { CARRIED_SECRETS } from './carried-secrets.ts';
import { LOOKALIKES } from './lookalikes.ts';
import { OTHER_SPELLINGS } from './other-spellings.ts';
import { ALB_PLACES, ANY_PLACES } from './planted-secrets.ts';
import { readable, stored } from './redaction-rig.ts';
import { SERVICES_LOOKALIKES } from './services-lookalikes.ts';
import { SERVICES_SECRETS } from './services-secrets.ts';
import { STRANGERS_SECRETS } from './strangers-secrets.ts';
import { UNTHOUGHT_LOOKALIKES } from './unthought-lookalikes.ts';
import { UNTHOUGHT_NOTATIONS } from './unthought-notations.ts';
import { UNTHOUGHT_SECRETS } from './unthought-secrets.ts';
import { WRITTEN_LOOKALIKES, WRITTEN_SECRETS } from './written-secrets.ts';

describe('a secret is not stored in the clear', () => {
  it.each([
    ...ALB_PLACES,
    ...ANY_PLACES,
    ...OTHER_SPELLINGS,
    ...CARRIED_SECRETS,
    ...STRANGERS_SECRETS,
    ...UNTHOUGHT_SECRETS,
    ...SERVICES_SECRETS,
    ...UNTHOUGHT_NOTATIONS,
    ...WRITTEN_SECRETS,
  ])('%s', (_place, planted, secrets) => {
    const text = readable(stored(planted));
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe('what only looks like a secret is stored as it is', () => {
  it.each([...LOOKALIKES, ...UNTHOUGHT_LOOKALIKES, ...SERVICES_LOOKALIKES, ...WRITTEN_LOOKALIKES])(
    '%s',
    (_place, planted, kept) => {
      const text = readable(stored(planted));
      for (const part of kept) expect(text).toContain(part);
    },
  );
});
