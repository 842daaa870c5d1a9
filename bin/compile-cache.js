/**
 * Keeps the compiled sources of a checkout from one process to the next: compiling is half of what starting one takes.
 * Threads and child processes learn the folder from the environment.
 */
import module from 'node:module';
import { join } from 'node:path';

process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '..', '.crossfade', 'compile-cache');
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
