/** Says what a contract whose answers agree has not shown. */
import type { CaptureRecord } from '../../../capture/format/index.ts';
import { firstValue } from '../../../http/index.ts';
import { quantity } from '../../shared/index.ts';

export class Shown {
  /** How often stable answered with each status. */
  readonly #statuses = new Map<number, number>();
  /** Answers with which stable lets scripts of other origins read them. */
  #shared = 0;
  #asOrigin = false;

  add({ request, stable }: CaptureRecord): void {
    if (firstValue(request.headers ?? [], 'origin') !== null) this.#asOrigin = true;
    if (stable.outcome !== 'response') return;
    this.#statuses.set(stable.status, (this.#statuses.get(stable.status) ?? 0) + 1);
    if (firstValue(stable.headers, 'access-control-allow-origin') !== null) this.#shared++;
  }

  notes(): string[] {
    return [...this.#withoutSuccess(), ...this.#withoutOrigin()];
  }

  /** If both services refuse everything alike, nothing has been shown. */
  #withoutSuccess(): string[] {
    const codes = [...this.#statuses.keys()].sort((a, b) => a - b);
    if (codes.length === 0 || codes.some((code) => code < 400)) return [];
    const counts = codes.map((code) => `${this.#statuses.get(code)} × ${code}`).join(', ');
    return [
      `Stable answered every request with an error (${counts}): little was compared. Check the base URLs, the login and the values.`,
    ];
  }

  /** Many servers send the fields of CORS only to a request that names an origin. */
  #withoutOrigin(): string[] {
    if (this.#asOrigin || this.#shared === 0) return [];
    return [
      `No request names an Origin, and stable allows other origins (Access-Control-Allow-Origin in ${quantity(this.#shared, 'answer')}): this run does not show that the candidate serves browsers. Ask again with --header 'Origin: https://app.example', of an origin that your pages have.`,
    ];
  }
}
