/** Short helper functions for captures with something planted in them. */
import type { Planted } from './planted-secrets.ts';

export const S = 'correcthorse';
export const R = 'Zk81-qpLw_0Tm4';
export const said = (type: string, answer: string | Buffer): Planted => ({
  answerHeaders: ['Content-Type', type],
  answer,
});
export const json = (value: unknown): Planted => said('application/json', JSON.stringify(value));
export const text = (answer: string) => said('text/plain', answer);
export const yaml = (answer: string) => said('application/yaml', answer);
export const html = (answer: string) => said('text/html', answer);
export const post = (type: string, requestBody: string | Buffer): Planted => ({
  method: 'POST',
  headers: ['Content-Type', type],
  requestBody,
});
export const asks = (name: string, value: string): Planted => ({ headers: [name, value] });
export const answers = (name: string, value: string): Planted => ({ answerHeaders: [name, value], answer: '{}' });
export const b64 = (t: string | Buffer) => Buffer.from(t).toString('base64');
export const b64url = (t: string | Buffer) => Buffer.from(t).toString('base64url');
export const lines76 = (t: string) => (b64(t).match(/.{1,76}/g) ?? []).join('\r\n');
export const pb = (t: string) => Buffer.concat([Buffer.from([0x12, t.length]), Buffer.from(t)]);
export const LONG = {
  a: 'The quick brown fox jumps over the lazy dog, again and again, until evening.',
  password: S,
  z: 'end of it',
};
