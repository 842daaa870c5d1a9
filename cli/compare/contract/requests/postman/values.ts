/**
 * Values that Postman generates when it sends a request (`{{$guid}}`): generated once here, so that both sides get the
 * same.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Different in each run, because the things that a request creates may have to be new. */
const RUN = randomBytes(16);

/** null if the name is not a generated value. @param nth number of the request in a collection */
export function madeUp(name: string, nth: number): string | null {
  const digest = createHash('sha256').update(RUN).update(`${nth} ${name}`).digest();
  switch (name) {
    case '$guid':
    case '$randomUUID':
      return uuidOf(digest);
    case '$timestamp':
      return String(Math.floor(Date.now() / 1000));
    case '$isoTimestamp':
      return new Date().toISOString();
    case '$randomInt':
      return String(digest.readUInt32BE() % 1001);
    default:
      return null;
  }
}

/** Version 4 (RFC 9562, 5.4). */
function uuidOf(digest: Buffer): string {
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
