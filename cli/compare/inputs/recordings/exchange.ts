import type { HeaderList } from '../../../../capture/format/index.ts';

/** A request and its answer, as a proxy or a sniffer kept them. */
export interface OneSidedExchange {
  /** When the request was sent, milliseconds since 1970. */
  readonly at: number;
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly target: string;
    readonly headers: HeaderList;
    /** In the coding that was sent; null where it was not kept. */
    readonly body: Buffer | null;
  };
  /** null where the recording has none: whether there was an answer is not known. */
  readonly response: RecordedResponse | { readonly failure: string } | null;
  /** Until the answer was there, or the recorder gave up. */
  readonly totalMs: number;
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers: HeaderList;
  /** In the coding that was sent; null where it was not kept. */
  readonly body: Buffer | null;
  /** The recording ends before the body does. */
  readonly cut: boolean;
  /** Until its head was there. */
  readonly firstByteMs: number;
}
