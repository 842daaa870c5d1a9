/**
 * Firehose's transformation contract: every record is answered by its id, within Lambda's limit for an answer.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
import type { FirehoseTransformationEvent, FirehoseTransformationResultRecord } from 'aws-lambda';
import type { Compare } from '../../parity/compare/index.ts';
import { type Judged, judgeLine } from '../../parity/tally/index.ts';

export interface BatchResult {
  readonly records: FirehoseTransformationResultRecord[];
  readonly judged: readonly Judged[];
  /** Why records were refused: each reason with its count. */
  readonly refused: Readonly<Record<string, number>>;
}

/** A synchronous answer may have 6 MB (6,291,456 bytes); the rest is for ids and JSON syntax. */
const MAX_ANSWER = 5_500_000;

/** A refused record is returned unchanged, and Firehose stores it under `failed/`. Never throws. */
export function judgeBatch(event: FirehoseTransformationEvent, compare: Compare): BatchResult {
  const judged: Judged[] = [];
  const refused: Record<string, number> = {};
  let room = MAX_ANSWER;
  const records = event.records.map(({ recordId, data }): FirehoseTransformationResultRecord => {
    const result = judgeLine(Buffer.from(data, 'base64').toString('utf8'), compare);
    const kept = 'refused' in result ? null : Buffer.from(result.line).toString('base64');
    const reason = 'refused' in result ? result.refused : 'the answer would be too large';
    if (kept !== null && kept.length <= room && !('refused' in result)) {
      room -= kept.length;
      judged.push(result);
      return { recordId, result: 'Ok', data: kept };
    }
    refused[reason] = (refused[reason] ?? 0) + 1;
    const back = data.length <= room ? data : '';
    room -= back.length;
    return { recordId, result: 'ProcessingFailed', data: back };
  });
  return { records, judged, refused };
}
