/** Creates the sessions of both sides from options and flows, before anything is sent. */
import { randomBytes } from 'node:crypto';
import type { Side } from '../../../sides/index.ts';
import { UsageError } from '../../shared/index.ts';
import type { SendPolicy } from './policy.ts';
import type { Source } from './requests/index.ts';
import { filled, namesIn, Secrets, SideSession, unfitForField } from './session/index.ts';

export interface Sessions {
  readonly stable: SideSession;
  readonly candidate: SideSession;
  readonly secrets: ReadonlyMap<string, string>;
  /** Whether there are steps that wait for each other. */
  readonly inOrder: boolean;
}

interface Settings {
  readonly policy: SendPolicy;
  readonly sideHeaders: Readonly<Record<Side, readonly (readonly [string, string])[]>>;
  readonly cookies: boolean;
  readonly values: ReadonlyMap<string, string>;
}

/** @throws UsageError that names a missing secret */
export function sessionsOf(
  { policy, sideHeaders, cookies, values }: Settings,
  sources: readonly Source[],
  environment: Readonly<Record<string, string | undefined>>,
): Sessions {
  const secrets = new Secrets(environment);
  const flows = sources.flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
  for (const [, value] of policy.headers) secrets.read('--header', value);
  for (const [, value] of sideHeaders.stable) secrets.read('--stable-header', value);
  for (const [, value] of sideHeaders.candidate) secrets.read('--candidate-header', value);
  for (const value of values.values()) secrets.read('--value', value);
  for (const { text } of flows) secrets.read('files', text);
  const known = new Map([...secrets.known].map(([name, text]) => [name, { text }] as const));
  for (const [option, fields] of [
    ['--header', policy.headers],
    ['--stable-header', sideHeaders.stable],
    ['--candidate-header', sideHeaders.candidate],
    ...sources.map(({ file, flow }) => [file, (flow?.steps ?? []).flatMap(({ headers }) => headers)] as const),
  ] as const)
    for (const [name, value] of fields) {
      const unfit = unfitForField(filled(value, known, (one) => one));
      if (unfit !== null)
        throw new UsageError(
          `${option}: the header ${name} would hold ${unfit}: look at the value of ${namesIn(value).join(', ')}`,
        );
    }
  // So that a flow can be repeated: what it creates has a new name each time, and the same one on both sides.
  const run = randomBytes(4).toString('hex');
  const take = sources.flatMap(({ takes = [] }) => takes);
  const inOrder = flows.length > 0 || take.length > 0;
  const session = (side: Side) => {
    const made = new SideSession({
      variables: new Map([...secrets.known, ['run', run], ...flows.flatMap(({ variables }) => [...variables[side]])]),
      headers: sideHeaders[side],
      cookies: cookies || inOrder,
    });
    made.miss({ take });
    return made;
  };
  return {
    stable: session('stable'),
    candidate: session('candidate'),
    secrets: secrets.known,
    inOrder,
  };
}
