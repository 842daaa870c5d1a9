/** Redaction before anything is stored: secrets become keyed hashes, so that two sides' values can still be compared. */
import { createHmac } from 'node:crypto';
import type { HeaderList } from '../parity/record.ts';

const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key']);
const SECRET_PARAMETER = /([?&](?:token|key|secret|password|signature|access_token|code)=)([^&]*)/gi;

export function redactHeaders(raw: readonly string[], key: string): HeaderList {
  const list: HeaderList = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    list.push([name, SECRET.has(name.toLowerCase()) ? hash(value, key) : value]);
  }
  return list;
}

export function redactTarget(target: string, key: string): string {
  return target.replace(SECRET_PARAMETER, (_whole, prefix: string, value: string) => `${prefix}${hash(value, key)}`);
}

function hash(value: string, key: string): string {
  return `hmac:${createHmac('sha256', key).update(value).digest('hex').slice(0, 16)}`;
}
