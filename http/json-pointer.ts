/** JSON pointers (RFC 6901), which name places in bodies. */

/** The pointer step to `key`, including its slash. */
export function pointerStep(key: string): string {
  return /[~/]/.test(key) ? `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : `/${key}`;
}

/** The key in the last step of `pointer`; empty for the whole document. */
export function lastKey(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}
