/** The address of a side, as Envoy's configuration names it. */
import * as z from 'zod';
import type { EnvoySettings } from '../../mirror/envoy/index.ts';
import { knownNow } from '../props/index.ts';

type Endpoint = EnvoySettings['sides']['stable'];

const ORIGIN = /^http:\/\/(?<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?\/?$/;
const LAST_PORT = 65_535;

/** Reads `http://host:port` without a path. Envoy's configuration is a file in the image, so it is known at synthesis. */
export const anEndpoint = knownNow(z.string()).transform((url, context): Endpoint => {
  const { host = '', port = '80' } = ORIGIN.exec(url)?.groups ?? {};
  if (host === '' || Number(port) < 1 || Number(port) > LAST_PORT)
    context.addIssue(`must be http://host:port without a path, not "${url}"`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
});
