/** Builds forms of `multipart/form-data` (RFC 7578). */

/** Does not occur in any text that people send. */
const BOUNDARY = 'crossfade-7MA4YWxkTrZu0gW';

export const FORM_DATA_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export interface FormPart {
  readonly name: string;
  readonly value: string | Buffer;
  readonly filename?: string;
  readonly type?: string;
}

export function formData(parts: readonly FormPart[]): Buffer {
  const escaped = (name: string) => name.replaceAll('"', '%22').replaceAll(/[\r\n]/g, ' ');
  const written = parts.flatMap(({ name, value, filename, type }) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${escaped(name)}"`,
    filename === undefined ? '' : `; filename="${escaped(filename)}"`,
    type === undefined ? '\r\n\r\n' : `\r\nContent-Type: ${type.replaceAll(/[\r\n]/g, ' ')}\r\n\r\n`,
    value,
    '\r\n',
  ]);
  return Buffer.concat(
    [...written, `--${BOUNDARY}--\r\n`].map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
}
