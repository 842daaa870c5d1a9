/** An account that is a list of stacks: it holds the stacks that exist, and a removal deletes them from it. */
import type { AcceptanceAccount } from '../../cli/accept/account.ts';

export class MemoryAccount {
  readonly stacks: string[] = [];

  /** @param deploying what happens while the stack is partly deployed */
  account(deploying: (signal: AbortSignal) => Promise<void> = async () => {}): AcceptanceAccount {
    return {
      where: 'memory',
      speed: 60,
      remains: async () => [...this.stacks],
      deploy: async (id, _plan, _paths, signal) => {
        if (!this.stacks.includes(id)) this.stacks.push(id);
        await deploying(signal);
      },
      // Nothing listens at this address: a step fails at its first call to the account.
      site: async () => ({
        url: 'http://127.0.0.1:9',
        queueUrl: 'queue',
        stream: 'stream',
        environment: {
          AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
          AWS_REGION: 'local-1',
          AWS_ACCESS_KEY_ID: 'k',
          AWS_SECRET_ACCESS_KEY: 's',
          AWS_MAX_ATTEMPTS: '1',
        },
        now: Date.now,
      }),
      remove: async (id) => {
        const index = this.stacks.indexOf(id);
        if (index >= 0) this.stacks.splice(index, 1);
        return [];
      },
    };
  }
}
