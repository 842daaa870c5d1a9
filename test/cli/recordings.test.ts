/**
 * Recordings of other tools. Those in `recordings/` were made by mitmdump 11.0.2 (`--mode reverse`) and goreplay 1.3.2
 * (`--input-raw --input-raw-track-response`) in front of httpbin 0.10.4 and go-httpbin 2.26.0.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crossfade } from '../support/cli.ts';

const recorded = (name: string) => join(import.meta.dirname, 'recordings', name);
const diffOf = async (stable: string, candidate: string) => {
  const { code, stdout, stderr } = await crossfade(['diff', '--json', '--stable', stable, '--candidate', candidate]);
  return { code, stderr, ...JSON.parse(stdout) };
};
const sentOf = async (file: string) => {
  const to = 'http://127.0.0.1:9';
  const { stdout } = await crossfade([
    'contract',
    file,
    '--stable',
    to,
    '--candidate',
    to,
    '--allow',
    'POST:/post',
    '--dry-run',
  ]);
  return [...stdout.matchAll(/^ {2}([A-Z]+ \S+) {2}\(/gm)].map(([, request]) => request);
};

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'recording-')), name);
  await writeFile(path, content);
  return path;
}

describe('a recording of mitmproxy', () => {
  it('is one side of a comparison, with its bodies in their codings', async () => {
    const { verdicts, causes } = await diffOf(recorded('httpbin.mitm'), recorded('go-httpbin.mitm'));
    // The client gave up on GET /delay/3, so stable has no answer.
    expect(verdicts).toEqual({ same: 0, benign: 3, undecided: 0, breaking: 3, unmatched: 1 });
    expect(causes).toContainEqual(expect.objectContaining({ route: 'GET /gzip', cause: 'zero-value-added' }));
  });

  it('equals itself, compressed too', async () => {
    const { code, verdicts } = await diffOf(
      recorded('httpbin.mitm'),
      await file('again.mitm.gz', gzipSync(await readFile(recorded('httpbin.mitm')))),
    );
    expect([code, verdicts.same]).toEqual([0, 6]);
  });

  it('is known by its content, and its requests are sent', async () => {
    const renamed = await file('flows', await readFile(recorded('httpbin.mitm')));
    expect(await sentOf(renamed)).toEqual([
      'GET /json',
      'GET /bytes/4?seed=1',
      'GET /gzip',
      'POST /post',
      'GET /status/204',
      'HEAD /get',
      'GET /delay/3',
    ]);
  });

  it('is read to where it was cut, and said to be cut', async () => {
    const whole = await readFile(recorded('httpbin.mitm'));
    const { code, stderr, unreadable } = await diffOf(
      recorded('httpbin.mitm'),
      await file('cut.mitm', whole.subarray(0, whole.length - 50)),
    );
    expect(code).toBe(2);
    expect(unreadable.first[0].reason).toBe('cannot be read to its end: it ends within a flow');
    expect(stderr).toContain('could not be parsed');
  });
});

describe('a recording of goreplay', () => {
  it('is one side of a comparison; a request whose answer was not recorded is left out', async () => {
    const { captures, verdicts, causes, unpaired } = await diffOf(recorded('httpbin.gor'), recorded('go-httpbin.gor'));
    expect([captures, verdicts.breaking, unpaired.stable.count]).toEqual([3, 3, 1]);
    expect(causes).toContainEqual(expect.objectContaining({ route: 'GET /stream/*', cause: 'media-type' }));
  });

  it('is compared out of its chunks', async () => {
    const message = (head: string, body: string) =>
      `1 aabbccdd11 1795685185000000000 0\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n\n🐵🙈🙉\n` +
      `2 aabbccdd11 1795685185004000000 9\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${head}\r\n\r\n${body}\n🐵🙈🙉\n`;
    const chunked = await file('a.gor', message('Transfer-Encoding: chunked', '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n'));
    const plain = await file('b.gor', message('Content-Length: 5', 'abcde'));
    const cut = await file('c.gor', message('Content-Length: 5', 'abc'));
    expect((await diffOf(chunked, plain)).verdicts.benign).toBe(1);
    expect((await diffOf(plain, cut)).causes).toMatchObject([{ cause: 'body-uncomparable' }]);
  });

  it('gives its requests, answered or not', async () => {
    expect((await sentOf(recorded('go-httpbin.gor'))).toSorted()).toEqual([
      'GET /get?a=1',
      'GET /gzip',
      'GET /stream/2',
      'HEAD /get',
      'POST /post',
    ]);
  });
});

describe('what is called a recording and is none', () => {
  it.each([
    ['a.mitm', 'no flow', 'it is not a tagged netstring'],
    ['a.mitm', '9:4:type,0:~}', 'flow 1 is not a mitmproxy flow'],
    ['a.mitm', '12:4:type;4:http;}', 'it has a value of an unknown kind'],
    ['a.gor', 'GET /a HTTP/1.1\r\n\r\n\n🐵🙈🙉\n', 'payload 1 does not begin with its kind, id and time'],
    ['a.gor', '1 aabbccdd11 1795685185000000000 0\nno message\n🐵🙈🙉\n', 'payload 1 is not an HTTP/1.1 message'],
    ['a.gor', '1 aabbccdd11 17956', 'it ends within a payload'],
  ])('%s of %j: %s', async (name, content, reason) => {
    const path = await file(name, content);
    const { code, unreadable } = await diffOf(path, path);
    expect([code, unreadable.first[0].reason]).toEqual([2, `cannot be read to its end: ${reason}`]);
  });
});
