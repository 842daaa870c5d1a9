/** Values that Postman makes up when it sends a request (`{{$guid}}`): made here once, so that both sides are sent the same. */
import { createHash, randomBytes } from 'node:crypto';

/** Other runs have others, as what a request makes may have to be new. */
const RUN = randomBytes(16);

/** null where a name stands for nothing that is made up here. @param nth of the requests of a collection */
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

/** Of version 4 (RFC 9562, 5.4). */
function uuidOf(digest: Buffer): string {
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
