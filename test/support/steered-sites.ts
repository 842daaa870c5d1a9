/** The sites of one test file, each with an ingress of its own in one backend. */
import { afterAll, beforeAll } from 'vitest';
import { type Backend, ourBackend } from '../contract/backends.ts';
import { temporaryFolder } from './folder.ts';
import { SteeredSite } from './steered-site.ts';

export interface SteeredSites {
  readonly backend: Backend;
  next(): SteeredSite;
}

/** Must be called where hooks are allowed. The backend is there once the tests run. */
export function steeredSites(): SteeredSites {
  const folder = temporaryFolder();
  let backend: Backend | undefined;
  let sequence = 0;
  const started = () => {
    if (backend === undefined) throw new Error('the backend is started before the tests');
    return backend;
  };
  beforeAll(async () => {
    backend = await ourBackend();
  });
  afterAll(() => backend?.stop());
  return {
    get backend() {
      return started();
    },
    next: () => new SteeredSite(started(), folder.path, ++sequence),
  };
}
