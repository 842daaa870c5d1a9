import type { HeaderList } from '../../../../capture/format/index.ts';

/** A request and its answer, as recorded by a proxy or a sniffer. */
export interface OneSidedExchange {
  /** When the request was sent, in milliseconds since 1970. */
  readonly at: number;
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly target: string;
    readonly headers: HeaderList;
    /** In the content coding that was sent; null if it was not recorded. */
    readonly body: Buffer | null;
  };
  /** null if it is unknown whether there was an answer, because the recording has none. */
  readonly response: RecordedResponse | { readonly failure: string } | null;
  /** Until the answer was complete, or the recorder gave up. */
  readonly totalMs: number;
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers: HeaderList;
  /** In the content coding that was sent; null if it was not recorded. */
  readonly body: Buffer | null;
  /** Whether the recording ends before the body does. */
  readonly cut: boolean;
  /** Until its head had arrived. */
  readonly firstByteMs: number;
}
