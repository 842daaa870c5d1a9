/** Values that appear in no request file and in no output: `{{env:NAME}}` and `{{file:PATH}}`. */
import { readBytes, UsageError } from '../../../shared/index.ts';
import { namesIn } from './template.ts';

export class Secrets {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #known = new Map<string, string>();

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /** Every secret that was requested, by the name within its braces. */
  get known(): ReadonlyMap<string, string> {
    return this.#known;
  }

  /**
   * Reads the secrets that a text names, before anything is sent.
   * @throws UsageError that names the option and what is missing
   */
  read(option: string, text: string): void {
    for (const name of namesIn(text)) {
      const [, kind, of = ''] = /^(env|file):(.+)$/.exec(name) ?? [];
      if (kind === undefined || this.#known.has(name)) continue;
      const value = kind === 'env' ? this.#environment[of] : readBytes(option, of).toString('utf8').trimEnd();
      if (value === undefined || value === '')
        throw new UsageError(`${option}: the environment variable ${of} is not set`);
      this.#known.set(name, value);
    }
  }
}
