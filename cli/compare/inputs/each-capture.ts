/** The captures of a piece, one per line. */
import * as z from 'zod';
import { type CaptureRecord, captureRecordSchema } from '../../../capture/format/index.ts';
import { eachLine, type Piece } from '../../../capture/index.ts';
import { wordIssue } from '../../../input/index.ts';
import { firstProblem, parseLine } from './parse-line.ts';

/** The transform adds its verdict to a record; here the record is compared again. */
const lineSchema = captureRecordSchema.extend({ comparison: z.unknown().optional() });

/** Calls `read` with each record, or `refuse` with the reason why a line is not one. */
export function eachCapture(
  piece: Piece,
  read: (record: CaptureRecord, line: number, text: string) => void,
  refuse: (line: number, reason: string) => void,
): void {
  eachLine(
    piece,
    (text, line) => {
      const parsed = lineSchema.safeParse(parseLine(text), { error: wordIssue });
      if (parsed.success) read(parsed.data, line, text);
      else refuse(line, firstProblem(parsed.error, text));
    },
    refuse,
  );
}
