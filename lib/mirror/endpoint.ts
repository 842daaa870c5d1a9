/** The address of a side, as Envoy's configuration names it. */
import type { EnvoySettings } from '../../mirror/envoy/index.ts';

const ORIGIN = /^http:\/\/(?<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?\/?$/;
const LAST_PORT = 65_535;

/** null unless it is `http://host:port` without a path. */
export function endpointOf(url: string): EnvoySettings['sides']['stable'] | null {
  const { host, port = '80' } = ORIGIN.exec(url)?.groups ?? {};
  if (host === undefined || Number(port) < 1 || Number(port) > LAST_PORT) return null;
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
