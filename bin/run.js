#!/usr/bin/env node
/** Entry of a checkout, and of the package, which brings a build instead of sources. */
import { existsSync } from 'node:fs';

const inCheckout = existsSync(new URL('crossfade.ts', import.meta.url));
for (const module of inCheckout ? ['./installed.js', './crossfade.ts'] : ['./packaged.js', '../dist/bin/crossfade.js'])
  await import(module);
