/** URLs that a service signs for each answer, as for a download from S3, Google Cloud Storage, Azure or CloudFront. */
import { instantOf } from '../model/index.ts';

const SIGNATURE = /^(?:x-(?:amz|goog)-signature|signature|sig)$/i;
/** When it was signed, or when it ends. */
const MOMENT = /^(?:x-(?:amz|goog)-date|expires|s[et])$/i;
/** The date of the signature, and the role's credentials of the day. */
const OF_SIGNER = /^(?:x-(?:amz|goog)-(?:credential|security-token))$/i;
/** How far apart two answers to one request may be. */
const TOGETHER_MS = 5 * 60_000;

/** Whether two URLs are the same but for what each side has signed. */
export function areSignedAnew(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const [x, y] = [new URL(a), new URL(b)];
  const [p, q] = [[...x.searchParams], [...y.searchParams]];
  const other = new Map(q);
  if (x.origin + x.pathname + x.hash !== y.origin + y.pathname + y.hash || p.length !== q.length) return false;
  const differ = p.filter(([name, value]) => other.get(name) !== value);
  return (
    p.some(([name]) => SIGNATURE.test(name) && other.has(name)) &&
    differ.every(([name, value]) => mayDiffer(name, value, other.get(name)))
  );
}

function mayDiffer(name: string, value: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  if (SIGNATURE.test(name) || OF_SIGNER.test(name)) return value !== '' && other !== '';
  return MOMENT.test(name) && Math.abs(msOf(value) - msOf(other)) <= TOGETHER_MS;
}

/** NaN if the text is no time. */
function msOf(text: string): number {
  const extended = text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
  const instant = instantOf(extended);
  return instant === null ? Number(text || Number.NaN) * 1000 : Number(instant.nanos / 1_000_000n);
}
