/** Form fields as in `curl -F`. */
import type { FormPart } from './form-data.ts';
import { CannotBeSent, type ReadNamed } from './text-request.ts';

/** By file extension, as in curl. */
const TYPES: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  htm: 'text/html',
  html: 'text/html',
  pdf: 'application/pdf',
  xml: 'application/xml',
};

/** `name=value;type=…`, `name=@file;filename=…` or `name=<file`. */
export function partOf(text: string, mayName: boolean, read: ReadNamed): FormPart {
  const at = text.indexOf('=');
  if (at < 0) throw new CannotBeSent('a form of a curl command has a field without a value');
  const [name, written] = [text.slice(0, at), text.slice(at + 1)];
  if (!mayName) return { name, value: written };
  const [, quoted, plain = '', rest = ''] = /^(?:"((?:[^"\\]|\\.)*)"|([^;]*))([\s\S]*)$/.exec(written) ?? [];
  const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
  const type = /;\s*type=([^;]+(?:;\s*(?!filename=|encoder=|headers=)[\w-]+=[^;]+)*)/.exec(rest)?.[1]?.trim();
  const filename = /;\s*filename="?([^";]*)"?/.exec(rest)?.[1];
  const kind = type === undefined ? {} : { type };
  if (/^[<@]/.test(value)) {
    const file = value.slice(1);
    const content = read(file);
    if (value.startsWith('<')) return { name, value: content, ...kind };
    const base = filename ?? file.replace(/^.*\//, '');
    const known = TYPES[base.replace(/^.*\./, '').toLowerCase()] ?? 'application/octet-stream';
    return { name, value: content, filename: base, type: type ?? known };
  }
  return { name, value, ...kind, ...(filename === undefined ? {} : { filename }) };
}
