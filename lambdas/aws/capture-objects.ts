/** Reads capture objects as Firehose wrote them: gzipped NDJSON, as a stream. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { cutAtLines, type Piece, type TooLong } from '../../capture/index.ts';
import { CrossfadeError } from '../../core/model/index.ts';
import { codeOf } from '../../input/index.ts';
import { aws } from './calls/index.ts';

export interface CaptureObject {
  readonly bucket: string;
  readonly key: string;
}

/** From here on the object is permanently unreadable: it is not gzip, or it is cut off. */
export interface Broken {
  readonly broken: string;
}

export interface CaptureObjects {
  /**
   * The lines of an object, about a mebibyte at a time; memory is limited to that plus the longest line.
   * @throws CrossfadeError `Crossfade.Transient` for failures that are worth a retry
   */
  read(object: CaptureObject): AsyncIterable<Piece | TooLong | Broken>;
}

export function s3CaptureObjects(client: Pick<S3Client, 'send'>): CaptureObjects {
  return {
    async *read({ bucket, key }) {
      const { Body } = await aws('GetObject', () => client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
      if (!(Body instanceof Readable)) return;
      const gunzip = createGunzip();
      // A lost connection must not be mistaken for the end of the object.
      Body.once('error', (error) => gunzip.destroy(error));
      try {
        yield* cutAtLines(Body.pipe(gunzip));
      } catch (error) {
        const code = codeOf(error);
        if (code?.startsWith('Z_') !== true) throw lost(key, error);
        yield { broken: `not gzip, or cut off (${code})` };
      } finally {
        Body.destroy();
      }
    },
  };
}

function lost(key: string, cause: unknown): CrossfadeError {
  return new CrossfadeError('Crossfade.Transient', `The connection was lost within the object ${key}.`, {
    traffic: 'unchanged; captures are only counted.',
    nextStep: 'nothing: the object is read again, and no capture is counted twice.',
    cause,
  });
}
