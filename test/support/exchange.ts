/** Parts of an exchange as Envoy's script posts it. */
export interface ExchangeParts {
  readonly requestHead?: string;
  readonly requestBody?: string;
  readonly head?: string;
  readonly body?: string;
  readonly trailers?: string;
  /** Fields of the first line that differ from a correct one. */
  readonly said?: Readonly<Record<string, unknown>>;
}

export function exchange({
  requestHead = ':method: GET\r\n:path: /\r\n:authority: x\r\nx-request-id: a\r\n',
  requestBody = '',
  head = ':status: 200\r\ncontent-type: application/json\r\n',
  body = '{}',
  trailers = '',
  said = {},
}: ExchangeParts = {}): Buffer {
  const parts = [requestHead, requestBody, head, body, trailers].map((part) => Buffer.from(part, 'latin1'));
  const first = {
    v: 2,
    primary: 'stable',
    at: 1,
    sent: 1,
    sizes: parts.map(({ length }) => length),
    bytes: parts[3]?.length ?? 0,
    coded: 0,
    firstByteUs: 1_000,
    totalUs: 2_000,
    failed: '',
    protocol: 'HTTP/1.1',
    ...said,
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(first)}\n`, 'latin1'), ...parts]);
}
