/** The pieces of a command's inputs, one input after another. */
import { cutAtLines, type Piece, tooLong } from '../../../capture/index.ts';
import type { Position } from '../../../parity/tally/index.ts';
import { asError } from '../../shared/index.ts';
import type { Input } from './inputs.ts';
import { openInput } from './open-input.ts';

export interface PieceOf {
  readonly piece: Piece;
  readonly input: Input;
  /** Index among all inputs of the run. */
  readonly source: number;
}

export interface Reader {
  readonly signal: AbortSignal;
  /** Called with the number of bytes read from disk. */
  readonly onBytes: (bytes: number) => void;
  /** Called with what could not be read, and why. */
  readonly refuse: (at: Position, reason: string) => void;
}

/** If an input cannot be read to its end, that is reported and the next one follows. @throws when the signal aborts */
export async function* piecesOf(
  inputs: readonly Input[],
  firstSource: number,
  { signal, onBytes, refuse }: Reader,
): AsyncGenerator<PieceOf> {
  for (const [i, input] of inputs.entries()) {
    const source = firstSource + i;
    let line = 1;
    try {
      for await (const piece of cutAtLines(openInput(input, onBytes, signal))) {
        signal.throwIfAborted();
        line = 'data' in piece ? piece.firstLine : piece.tooLong;
        if ('data' in piece) yield { piece, input, source };
        else refuse({ source, line }, tooLong());
      }
    } catch (error) {
      signal.throwIfAborted();
      refuse({ source, line }, `cannot be read to its end: ${asError(error).message}`);
    }
  }
}
