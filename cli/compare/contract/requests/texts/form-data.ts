/** Forms of `multipart/form-data` (RFC 7578) whose fields are all texts. */

/** Stands in no text that people send. */
const BOUNDARY = 'crossfade-7MA4YWxkTrZu0gW';

export const FORM_DATA_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export function formData(fields: readonly (readonly [name: string, value: string])[]): string {
  const escaped = (name: string) => name.replaceAll('"', '%22').replaceAll(/[\r\n]/g, ' ');
  const parts = fields.map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${escaped(name)}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}
