/** JSON pointers (RFC 6901), which name places in bodies. */

/** The step to `key`, with its slash. */
export function pointerStep(key: string): string {
  return /[~/]/.test(key) ? `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : `/${key}`;
}

/** The key that the last step of `pointer` names; empty for the whole. */
export function lastKey(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}
