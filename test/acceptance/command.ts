/** Runs `crossfade accept` in this process, on an account that the test provides. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptCommand } from '../../cli/accept/accept.ts';
import type { AcceptanceAccount } from '../../cli/accept/account.ts';
import { Interrupted } from '../../cli/shared/terminal.ts';
import { type Acceptance, acceptanceSchema } from '../../core/acceptance/acceptance.ts';
import { MemoryTerminal } from '../support/cli.ts';

export interface Accepted {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class AcceptCommand {
  readonly #evidence: string;

  /** @param folder where the evidence is written */
  constructor(folder: string) {
    this.#evidence = join(folder, 'acceptance.json');
  }

  get evidenceFile(): string {
    return this.#evidence;
  }

  get evidence(): Acceptance {
    return acceptanceSchema.parse(JSON.parse(readFileSync(this.#evidence, 'utf8')));
  }

  /**
   * @param onWrite called with each text that is written, and with a function that interrupts the run as Ctrl-C does
   */
  async run(
    args: readonly string[],
    account: AcceptanceAccount,
    onWrite: (text: string, interrupt: () => void) => void = () => {},
  ): Promise<Accepted> {
    const controller = new AbortController();
    const terminal = new MemoryTerminal({
      interruption: controller.signal,
      onWrite: (text) => onWrite(text, () => controller.abort(new Interrupted())),
    });
    await acceptCommand(terminal, async () => account)
      .exitOverride()
      .parseAsync([...args, '--local', '--evidence', this.#evidence], { from: 'user' });
    return { code: terminal.code, ...terminal.written };
  }
}
