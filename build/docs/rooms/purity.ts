/** What a pure room may not touch, for it takes time, randomness and identity as arguments or ports. */

/**
 * Globals that a pure room may not touch: time, randomness, the network, the process, and the ways round this list. It
 * gives no name of its own to them either, for a reader could not tell the two apart.
 */
export const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  'globalThis',
  'global',
  'self',
  'eval',
  'Function',
  'require',
  'Date',
  'fetch',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'console',
  'Buffer',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'AbortSignal',
  'MessageChannel',
  'BroadcastChannel',
  'Worker',
  'scheduler',
  'Atomics',
  'WeakRef',
  'FinalizationRegistry',
  'localStorage',
  'sessionStorage',
  'window',
  'module',
  'navigator',
  'Intl',
  'Temporal',
]);

/** Members of a global that a pure room may use of it: calculations with a given instant, and no reading of a clock. */
export const PURE_MEMBERS: ReadonlySet<string> = new Set(['Date.parse', 'Date.UTC']);

/** Members that are impure although their global is not. */
export const IMPURE_MEMBERS: ReadonlySet<string> = new Set(['Math.random']);
