import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Envoy on this machine: `ENVOY` names it, otherwise it is looked for in PATH; null where there is none. @throws Error when ENVOY names no program */
export function envoyBinary({ ENVOY, PATH = '' }: Readonly<Record<string, string | undefined>>): string | null {
  if (ENVOY !== undefined && ENVOY !== '') {
    if (!isProgram(ENVOY)) throw new Error(`ENVOY: ${ENVOY} is not an executable program`);
    return ENVOY;
  }
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, 'envoy');
    if (folder !== '' && isProgram(path)) return path;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
