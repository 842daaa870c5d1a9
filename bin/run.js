#!/usr/bin/env node
/** Entry of a checkout, and of the package, which brings a build instead of sources. */
import { existsSync } from 'node:fs';

const inCheckout = existsSync(new URL('crossfade.ts', import.meta.url));
const SOURCES = ['./installed.js', './compile-cache.js', './crossfade.ts'];
for (const module of inCheckout ? SOURCES : ['./packaged.js', '../dist/bin/crossfade.js']) await import(module);
