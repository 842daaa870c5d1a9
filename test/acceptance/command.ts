/** `crossfade accept` over an account that a test gives it, run in this process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { acceptCommand } from '../../cli/accept/accept.ts';
import type { AcceptanceAccount } from '../../cli/accept/account.ts';
import { EXIT } from '../../cli/shared/exit-codes.ts';
import { Interrupted, type Screen, type Terminal } from '../../cli/shared/terminal.ts';
import { type Acceptance, acceptanceSchema } from '../../core/acceptance/acceptance.ts';

export interface Accepted {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class AcceptCommand {
  readonly #evidence: string;

  /** @param folder of its evidence */
  constructor(folder: string) {
    this.#evidence = join(folder, 'acceptance.json');
  }

  get evidenceFile(): string {
    return this.#evidence;
  }

  get evidence(): Acceptance {
    return acceptanceSchema.parse(JSON.parse(readFileSync(this.#evidence, 'utf8')));
  }

  /** @param onWrite told of what is written, with what interrupts it as Ctrl-C does */
  async run(
    args: readonly string[],
    account: AcceptanceAccount,
    onWrite: (text: string, interrupt: () => void) => void = () => {},
  ): Promise<Accepted> {
    const written = { out: '', err: '' };
    const controller = new AbortController();
    let code: number = EXIT.ok;
    const screen = (name: 'out' | 'err'): Screen => ({
      columns: null,
      rows: null,
      coloured: false,
      write(text) {
        written[name] += text;
        onWrite(text, () => controller.abort(new Interrupted()));
      },
    });
    const terminal: Terminal = {
      out: screen('out'),
      err: screen('err'),
      stdin: Readable.from([]),
      environment: process.env,
      interruption: () => controller.signal,
      exit: (asked) => {
        code = asked;
      },
    };
    await acceptCommand(terminal, async () => account)
      .exitOverride()
      .parseAsync([...args, '--local', '--evidence', this.#evidence], { from: 'user' });
    return { code, ...written };
  }
}
