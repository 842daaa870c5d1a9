/**
 * Takes complete exchanges, sends the copies, and builds captures from both answers. Everything it holds is bounded,
 * and nobody waits for it.
 */
import type { RawCapture, RawLeg } from '../../capture/index.ts';
import { otherSide, type Side } from '../../sides/index.ts';
import { type CopyPolicy, mayCopy } from './copy-policy.ts';
import type { Counters } from './counters.ts';
import type { Capture } from './delivery.ts';
import type { RecordedExchange } from './exchange.ts';
import { sampled } from './sampling.ts';
import type { CopyRequest, Shadow } from './shadow.ts';

export interface RecorderPorts {
  /** Senders of copies, by the side that receives them. */
  readonly shadows: Readonly<Record<Side, Shadow>>;
  /** Asks the stable side a second time, to learn which values vary by themselves. */
  readonly noise: Shadow;
  readonly capture: Capture;
  readonly counters: Counters;
  readonly policy: CopyPolicy;
}

export class ExchangeRecorder {
  readonly #ports: RecorderPorts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  /** Never throws and never waits. An exchange that it does not take is counted with a reason. */
  take(exchange: RecordedExchange): void {
    const shadow = this.#ports.shadows[otherSide(exchange.primary)];
    const full = shadow.reserve();
    if (full !== null) {
      this.#ports.counters.drop(full);
      return;
    }
    const pair = this.#pair(exchange, shadow).finally(() => this.#underWay.delete(pair));
    this.#underWay.add(pair);
  }

  /** Resolves when every copy in progress has its answer or has reached its deadline. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #pair(exchange: RecordedExchange, shadow: Shadow): Promise<void> {
    const { noise, capture, counters } = this.#ports;
    const { leg, http2, ...request } = exchange;
    const { method, target, headers, requestBody } = request;
    if (leg.outcome === 'response' && leg.body.truncated) counters.cut++;
    // A separate buffer, because the capture's own is transferred to another thread.
    const body = requestBody === undefined ? null : Buffer.from(requestBody.data);
    const copy: CopyRequest = { method, target, headers, body, http2 };
    // The capture is complete without the control answer.
    const again = this.#asksAgain(exchange) && noise.reserve() === null ? noise.copy(copy) : null;
    const answer = await shadow.copy(copy);
    if (exchange.primary === 'candidate' && answer.outcome === 'response') counters.answeredByStable(answer.status);
    const control = await again;
    shadow.release();
    if (control !== null) noise.release();
    capture.offer({
      ...request,
      ...sidesOf(exchange.primary, leg, answer),
      ...(control === null ? {} : { noise: control }),
    });
  }

  #asksAgain({ method, target, requestId }: RecordedExchange): boolean {
    const { noiseRate, allowed } = this.#ports.policy;
    return noiseRate > 0 && mayCopy(method, target, allowed.stable) && sampled(requestId, noiseRate, 'noise');
  }
}

function sidesOf(primary: Side, leg: RawLeg, answer: RawLeg): Pick<RawCapture, 'stable' | 'candidate'> {
  return primary === 'stable' ? { stable: leg, candidate: answer } : { stable: answer, candidate: leg };
}
