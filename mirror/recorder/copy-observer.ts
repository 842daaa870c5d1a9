/** Follows one customer's exchange for the pair that it is half of, and sends the copy once the request is known as a whole. */
import type { IncomingMessage } from 'node:http';
import { BodySample, type SamplePolicy } from '../../capture/bytes/index.ts';
import { ObservedLeg, OpenCapture, type RawLeg, type Side } from '../../capture/index.ts';
import type { RequestHead } from '../message/index.ts';
import { type CopyPolicy, mayCopy } from './copy-policy.ts';
import type { Counters, DropReason } from './counters.ts';
import type { Capture } from './delivery.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import { sampled } from './sampling.ts';
import type { Shadow } from './shadow.ts';

export interface CopyPorts {
  readonly primary: Side;
  /** Copies to the other side. */
  readonly shadow: Shadow;
  /** To the stable side once more, to learn what varies by itself. */
  readonly noise: Shadow;
  readonly capture: Capture;
  readonly counters: Counters;
  readonly policy: CopyPolicy;
  readonly sample: SamplePolicy;
}

/** Holds one place of the shadow, from its construction until the pair is whole or given up. */
export class CopyObserver implements ExchangeObserver {
  readonly leg: ObservedLeg;
  readonly #ports: CopyPorts;
  readonly #req: IncomingMessage;
  readonly #head: RequestHead;
  readonly #requestId: string;
  readonly #at = Date.now();
  /** Null: the request has no body to wait for. */
  readonly #body: BodySample | null;
  #state: 'waiting' | 'copied' | 'withdrawn' = 'waiting';
  #pair: OpenCapture | undefined;
  #clientLeft = false;

  constructor(ports: CopyPorts, req: IncomingMessage, head: RequestHead, requestId: string) {
    this.#ports = ports;
    this.#req = req;
    this.#head = head;
    this.#requestId = requestId;
    this.leg = new ObservedLeg(ports.sample);
    this.#body = head.hasBody ? new BodySample(ports.sample) : null;
  }

  /** The original is on its way: without a body to wait for, the copy follows. */
  dispatched(): void {
    if (this.#body === null) this.#copy();
  }

  requestChunk(chunk: Buffer): void {
    if (this.#body === null || this.#state !== 'waiting') return;
    this.#body.add(chunk);
    if (this.#body.bytes > this.#ports.policy.bodyCap) this.#withdraw('oversize');
  }

  requestEnd(): void {
    this.#copy();
  }

  answered(): void {
    this.#primary(this.leg.answered());
  }

  failed(error: unknown): void {
    this.#primary(this.leg.failed(error));
  }

  aborted(): void {
    this.#clientLeft = true;
    this.#pair?.giveUp();
    this.#withdraw('aborted');
  }

  #primary(leg: RawLeg): void {
    if (this.#body === null) this.#copy();
    this.#pair?.primary(leg);
    // Answered before the request was complete: there is nothing whole to copy.
    this.#withdraw('error');
  }

  #copy(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'copied';
    const { shadow, noise, primary } = this.#ports;
    const requestBody = this.#body?.capture();
    const [method, target, headers] = [this.#req.method ?? 'GET', this.#req.url ?? '/', this.#head.fields];
    const known = { at: this.#at, requestId: this.#requestId, method, target, headers, primary };
    const request = requestBody === undefined ? known : { ...known, requestBody };
    const withNoise = this.#askAgain(method, target) && noise.reserve();
    const pair = new OpenCapture(request, withNoise, (whole) => {
      shadow.release();
      if (whole !== null) this.#ports.capture.offer(whole);
      else this.#ports.counters.drop(this.#clientLeft ? 'aborted' : 'error');
    });
    this.#pair = pair;
    // A copy of its own: the pair's goes to the capture's thread.
    const copy = { method, target, headers, body: requestBody === undefined ? null : Buffer.from(requestBody.data) };
    shadow.copy(copy, (leg) => pair.shadow(leg));
    if (!withNoise) return;
    noise.copy(copy, (leg) => {
      noise.release();
      pair.noise(leg);
    });
  }

  #askAgain(method: string, target: string): boolean {
    const { noiseRate, allowed } = this.#ports.policy;
    return noiseRate > 0 && mayCopy(method, target, allowed.stable) && sampled(this.#requestId, noiseRate, 'noise');
  }

  #withdraw(reason: DropReason): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'withdrawn';
    this.#ports.shadow.withdraw();
    this.#ports.counters.drop(reason);
  }
}
