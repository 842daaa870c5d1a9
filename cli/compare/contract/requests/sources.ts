/** Where the requests of a contract come from: recordings, or an OpenAPI document, by the name of the file. */
import type { Readable } from 'node:stream';
import type { Unreadable } from '../../../../parity/tally/index.ts';
import { UsageError } from '../../../shared/index.ts';
import { findInputs, type Input } from '../../inputs/index.ts';
import { openapiRequests } from './openapi.ts';
import type { Planned } from './planned-request.ts';
import { type RecordedOptions, recordedRequests } from './recorded-requests.ts';

export interface Source {
  readonly file: string;
  requests(options: RecordedOptions): AsyncIterable<Planned | Unreadable> | Iterable<Planned | Unreadable>;
}

/** A document is read at once, so that what is wrong with it is said before anything is sent. @throws UsageError */
export function findSources(stdin: Readable, files: readonly string[]): Source[] {
  if (files.length === 0)
    throw new UsageError(
      'name at least one file of recorded requests (NDJSON, HAR) or OpenAPI document (.json, .yaml)',
    );
  return findInputs(stdin, 'files', files).map(sourceOf);
}

function sourceOf(input: Input, source: number): Source {
  const { file, har, compression } = input;
  if (har || !/\.(json|ya?ml)$/i.test(file))
    return { file, requests: (options) => recordedRequests(input, source, options) };
  if (compression !== 'none')
    throw new UsageError(`files: ${file} is compressed; decompress the OpenAPI document first`);
  const requests = openapiRequests(file, source);
  return { file, requests: () => requests };
}

export async function* requestsOf(sources: readonly Source[], options: RecordedOptions) {
  for (const source of sources) yield* source.requests(options);
}
