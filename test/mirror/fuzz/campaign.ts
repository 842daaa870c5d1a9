/** Plays conversations through a mirror, and reports each obligation that the mirror did not meet. */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { type MirrorProcess, type MirrorProxy, portOf, startMirror } from '../mirror-process.ts';
import type { Answer } from './answers.ts';
import type { Conversation } from './conversations.ts';
import { type HostileService, hostileService, tagged, taggedPieces } from './hostile-service.ts';
import { STOWAWAY, tag } from './notation.ts';
import type { Asked } from './requests.ts';
import { Ambiguous, type Message, readAnswer, statusOf } from './strict-reader.ts';

/** How many conversations are played at once. */
const AT_ONCE = 48;
/** How long a polite client waits for its answers, in milliseconds. Later ones count as missing. */
const HANG_MS = 30_000;
/** How long an impolite client waits after the last bytes that it received, in milliseconds. */
const QUIET_MS = 40;
/**
 * How long unused connections may stay open, in milliseconds: those kept to the primary, and those of clients that
 * left.
 */
const LEAK_MS = 30_000;

export interface Violation {
  readonly rule: string;
  readonly id: number;
  readonly detail: string;
}

export interface Report {
  readonly played: number;
  /** How often each rule was broken, and the first violations, by rule. */
  readonly broken: Readonly<Record<string, { readonly times: number; readonly first: readonly Violation[] }>>;
  /** Sums of the mirror's metrics after it has ended. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Starts a mirror between two hostile services, plays each batch, checks for connections that remain, and stops the
 * mirror.
 */
export async function playThrough(proxy: MirrorProxy, batches: Iterable<readonly Conversation[]>): Promise<Report> {
  const campaign = new Campaign(proxy);
  const [stable, candidate] = await Promise.all([portOf(campaign.stable.server), portOf(campaign.candidate.server)]);
  const mirror = await startMirror(proxy, {
    stable,
    candidate,
    env: { MIRROR_COPY_DEADLINE_MS: '500', MIRROR_DRAIN_DELAY_MS: '0' },
  });
  try {
    const before = filesOf(mirror);
    for (const batch of batches) {
      await campaign.play(mirror, batch);
      await campaign.probe(mirror);
    }
    await campaign.emptied(mirror, before);
  } finally {
    await mirror.stop();
    campaign.stable.server.close();
    campaign.candidate.server.close();
  }
  return { played: campaign.played, broken: byRule(campaign.violations), metrics: mirror.metrics() };
}

function byRule(violations: readonly Violation[]): Report['broken'] {
  const rules = Map.groupBy(violations, ({ rule }) => rule);
  return Object.fromEntries([...rules].map(([rule, all]) => [rule, { times: all.length, first: all.slice(0, 3) }]));
}

/** Returns how many files the proxy has open, or null if there is no /proc. */
function filesOf({ proxyPid }: MirrorProcess): number | null {
  try {
    return readdirSync(`/proc/${proxyPid}/fd`).length;
  } catch {
    return null;
  }
}

class Campaign {
  readonly violations: Violation[] = [];
  readonly stable: HostileService;
  readonly candidate: HostileService;
  played = 0;
  readonly #conversations = new Map<number, Conversation>();
  readonly #seen = new Map<string, number>();
  /**
   * Conversations in which Envoy does not notice that the client has left (docs/explanation/mirror.md): the client
   * pipelined another request, and the current answer never ends.
   */
  readonly #unheard = new Set<number>();

  readonly #proxy: MirrorProxy;

  constructor(proxy: MirrorProxy) {
    this.#proxy = proxy;
    const ambiguous = (error: unknown, text: string) => {
      this.#violated(
        'what goes on has one meaning',
        Number(/tag-(\d{6})/.exec(text)?.[1] ?? -1),
        `${error}: ${shown(text)}`,
      );
    };
    this.stable = hostileService({
      answer: (id, number) => this.#conversations.get(id)?.answers[number],
      seen: ({ method, id, number, body }) => this.#came(method, id, number, body),
      ambiguous,
    });
    this.candidate = hostileService({
      answer: (id, number) => this.#conversations.get(id)?.copyAnswers[number],
      seen: () => {},
      ambiguous,
    });
  }

  async play(mirror: MirrorProcess, batch: readonly Conversation[]): Promise<void> {
    const waiting = batch.map((conversation) => [this.played++, conversation] as const);
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await this.#converse(mirror, ...next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    for (const id of this.#conversations.keys())
      if (id < this.played - 10 * batch.length) this.#conversations.delete(id);
  }

  /** Checks that the mirror is alive and serves. */
  async probe({ port, healthPort }: MirrorProcess): Promise<void> {
    for (const url of [`http://127.0.0.1:${port}/plain`, `http://127.0.0.1:${healthPort}/healthz`]) {
      const status = await fetch(url, { signal: AbortSignal.timeout(HANG_MS) }).then(async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      }, String);
      if (status !== 200) this.#violated('the mirror serves on', -1, `${url}: ${status}`);
    }
  }

  /** Checks that no connection remains, on either side, when the clients are gone. */
  async emptied(mirror: MirrorProcess, before: number | null): Promise<void> {
    const left = () =>
      [
        Math.max(
          0,
          [...this.stable.open.values()].filter((last) => !this.#isUnheard(last())).length - SLACK_CONNECTIONS,
        ),
        Math.max(0, (filesOf(mirror) ?? 0) - (before ?? 0) - SLACK_FILES),
      ] as const;
    for (const until = Date.now() + LEAK_MS; Date.now() < until && left().some((n) => n > 0); ) await after(100);
    const [connections, files] = left();
    const last = [...this.stable.open.values()].map((what) => shown(what())).join('\n');
    if (connections > 0) this.#violated('no connection to the primary stays', -1, `${connections} stayed: ${last}`);
    if (files > 0) this.#violated('no connection stays', -1, `${files} files stayed open`);
  }

  #isUnheard(last: string): boolean {
    return this.#unheard.has(Number(/.*tag-(\d{6})/s.exec(last)?.[1] ?? -1));
  }

  #violated(rule: string, id: number, detail: string): void {
    this.violations.push({ rule, id, detail });
  }

  /** Checks a whole request that reached the primary. */
  #came(method: string, id: number, number: number, body: string): void {
    const conversation = this.#conversations.get(id);
    const asked = conversation?.requests[number];
    if (conversation === undefined || asked === undefined) return;
    const key = `${id}-${number}`;
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    const most = REPEATED.test(method) ? 2 : 1;
    if (times > most) this.#violated('a request with effects comes once', id, `${key} came ${times} times`);
    if (number >= conversation.sent)
      this.#violated('a part of a request is no request', id, `${key} was not sent whole`);
    if (method !== asked.method || body !== tagged(asked.body, id).toString('latin1'))
      this.#violated(
        'a request arrives as it was sent',
        id,
        `${method} ${shown(body)} instead of ${asked.method} ${shown(asked.body)}`,
      );
  }

  async #converse({ port }: MirrorProcess, id: number, conversation: Conversation): Promise<void> {
    this.#conversations.set(id, conversation);
    const { requests, sent, pieces, end } = conversation;
    const polite = sent > 0;
    if (this.#proxy === 'envoy' && asksAhead(conversation)) this.#unheard.add(id);
    let text = '';
    let closed = false;
    let reset = false;
    let last = Date.now();
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reset = error.code === 'ECONNRESET';
    });
    const gone = new Promise<void>((resolve) => {
      socket.once('close', () => {
        closed = true;
        resolve();
      });
    });
    let wake = () => {};
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      last = Date.now();
      wake();
    });
    for (const piece of taggedPieces(pieces, id)) {
      socket.write(piece);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (end === 'half-close') socket.end();
    if (end === 'close') socket.destroySoon();
    if (end === 'reset') {
      await Promise.race([new Promise<void>((resolve) => socket.once('drain', resolve)), after(5)]);
      socket.resetAndDestroy();
    }
    const began = Date.now();
    // The mirror cannot end an answer that its primary never ends.
    const answerable = polite && !conversation.answers.slice(0, sent).some(neverEnds);
    const over = () =>
      answerable ? this.#answers(id, conversation, text, false).length >= sent : Date.now() - last > QUIET_MS;
    while (!closed && end !== 'close' && end !== 'reset' && !over()) {
      if (Date.now() - began > HANG_MS) {
        if (polite)
          this.#violated(
            'nobody waits for ever',
            id,
            `${shown(requests.map((r) => r.text).join(''))} got ${shown(text)} by ${JSON.stringify(conversation.answers.slice(0, sent)).slice(0, 1_500)}`,
          );
        break;
      }
      await Promise.race([
        gone,
        after(10),
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
      ]);
    }
    this.#judge(id, conversation, text, closed && !reset);
    socket.destroy();
    await gone;
  }

  #judge(id: number, conversation: Conversation, text: string, ended: boolean): void {
    const own = `tag-${String(id).padStart(6, '0')}`;
    for (const [tag] of text.matchAll(/tag-\d{6}/g))
      if (tag !== own) this.#violated('no answer goes to another client', id, `${tag} in ${shown(text)}`);
    if (conversation.sent === 0) return;
    if (text.includes(`${own}-77`)) this.#violated('bytes beyond an answer are no answer', id, shown(text));
    this.#answers(id, conversation, text, ended, true);
  }

  /**
   * Whether the client must be able to see that the answer is partial. Envoy takes a reset for the end of an answer
   * that has no length (docs/explanation/mirror.md).
   */
  #mustBePartial(answer: Answer | undefined): boolean {
    if (answer?.whole !== false) return false;
    return this.#proxy === 'embedded' || /content-length|transfer-encoding/i.test(answer.pieces.join(''));
  }

  /**
   * Whether the client must get the whole answer. A primary that leaves while the request is still arriving may lose
   * its answer; an answer with excess bytes may be refused; and Envoy does not repeat a request that may have had an
   * effect if a kept connection has ended.
   */
  #mustArrive(request: Asked | undefined, answer: Answer | undefined): boolean {
    if (request === undefined || answer?.whole !== true || answer.pieces.join('').includes(STOWAWAY)) return false;
    if (answer.end === 'reset' || (answer.end === 'close' && answer.early)) return false;
    return this.#proxy === 'embedded' || REPEATED.test(request.method);
  }

  /** Reads strictly the whole answers that the client received. */
  #answers(id: number, { requests, answers }: Conversation, text: string, ended: boolean, judging = false): Message[] {
    const read: Message[] = [];
    try {
      for (let from = 0; read.length < requests.length && from < text.length; ) {
        const number = read.length;
        const answer = readAnswer(text, from, requests[number]?.method ?? 'GET', ended);
        if (answer === null) break;
        from = answer.end;
        const status = statusOf(answer.startLine);
        if (status === 101) throw new Ambiguous('101 that nobody asked for');
        if (status < 200) continue;
        read.push(answer);
        if (!judging) continue;
        const tag = answer.fields.find(([name]) => name.toLowerCase() === 'x-tag')?.[1];
        if (tag !== undefined && !tag.endsWith(`-0${number}`))
          this.#violated('answers come in order', id, `${tag} answers request ${number}: ${shown(text)}`);
        if (tag !== undefined && this.#mustBePartial(answers[number]) && requests[number]?.method !== 'HEAD')
          this.#violated('a part of an answer does not look whole', id, shown(text));
        if (tag === undefined && status >= 500 && this.#mustArrive(requests[number], answers[number]))
          this.#violated(
            'a whole answer arrives',
            id,
            `${JSON.stringify(answers[number]).slice(0, 600)} to ${shown(requests[number]?.text ?? '')} became ${shown(text)}`,
          );
      }
    } catch (error) {
      if (!(error instanceof Ambiguous)) throw error;
      if (judging)
        this.#violated(
          'what comes back has one meaning',
          id,
          `${error}: ${shown(text)} for ${shown(answers.map(({ pieces }) => pieces.join('')).join(' | '))}`,
        );
    }
    return read;
  }
}

function neverEnds({ whole, end }: Answer): boolean {
  return whole === null && end === 'stay';
}

/** Whether the client sends another request behind one whose answer never ends. */
function asksAhead({ pieces, answers }: Conversation): boolean {
  const text = pieces.join('');
  return answers.some((answer, n) => {
    const at = text.indexOf(`/${tag(n)}`);
    return neverEnds(answer) && at >= 0 && /HTTP\/[\s\S]*HTTP\//.test(text.slice(at));
  });
}

/** Methods that Envoy repeats once if it is unknown whether the request was read. */
const REPEATED = /^(?:GET|HEAD|OPTIONS)$/;
/** Connections that readiness checks keep open, one to each side. */
const SLACK_CONNECTIONS = 2;
/** Open files that belong to no client: log files, a resolver, the recorder's connections. */
const SLACK_FILES = 140;

function shown(text: string): string {
  return JSON.stringify(text.length > 600 ? `${text.slice(0, 400)}…${text.length} bytes…${text.slice(-150)}` : text);
}
