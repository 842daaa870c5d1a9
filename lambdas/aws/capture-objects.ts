/** Objects of captures as Firehose wrote them: gzip of NDJSON, read as a stream. */
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

/** From here on the object cannot be read, today or tomorrow: no gzip, or cut off. */
export interface Broken {
  readonly broken: string;
}

export interface CaptureObjects {
  /**
   * An object's lines, about a mebibyte at a time; the memory held is that and the longest line.
   * @throws CrossfadeError `Crossfade.Transient` for what is worth another try
   */
  read(object: CaptureObject): AsyncIterable<Piece | TooLong | Broken>;
}

export function s3CaptureObjects(client: Pick<S3Client, 'send'>): CaptureObjects {
  return {
    async *read({ bucket, key }) {
      const { Body } = await aws('GetObject', () => client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
      if (!(Body instanceof Readable)) return;
      const gunzip = createGunzip();
      // A lost connection must not be taken for the end.
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
