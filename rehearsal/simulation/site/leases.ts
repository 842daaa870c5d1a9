/** The table's part of an ingress in memory, under the conditions that lambdas/aws/dynamo asks of DynamoDB. Each effect is one instant. */
import {
  type Claim,
  concerns,
  FencedError,
  type FenceRequest,
  type FenceResult,
  generationSchema,
  type Intent,
  type Lease,
  RefusedError,
  type RunRef,
  type Steering,
  SupersededError,
  sameIntent,
  UNSTEERED,
} from '../../../core/model/index.ts';

export class LeaseItem {
  #item: Lease | null = null;
  readonly #onChange: (item: Lease | null) => void;
  readonly #past: { readonly at: number; readonly item: Lease | null }[] = [];
  readonly #now: () => number;

  constructor(now: () => number, onChange: (item: Lease | null) => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  get item(): Lease | null {
    return this.#item;
  }

  /** As the table was then; what was before the first write is nothing. */
  restore(at: number): void {
    this.#put(this.#past.findLast((p) => p.at <= at)?.item ?? null);
  }

  remove(): void {
    this.#put(null);
  }

  claim({ at, ...claim }: Claim): Lease {
    const before = this.#item;
    if (before?.status === 'running' && before.executionArn === claim.executionArn) return before;
    if (before?.status === 'running' || before?.status === 'rolling_back')
      throw new RefusedError(['another run took the ingress at the same moment']);
    return this.#put({
      ...claim,
      startedAt: at,
      generation: generationSchema.parse((before?.generation ?? 0) + 1),
      status: 'running',
      phase: 'preflight',
      stage: -1,
      capacity: null,
      stableCapacity: 'full',
      rollback: null,
      steering: UNSTEERED,
    });
  }

  /** A write of the owner. @throws FencedError */
  asOwner(ref: RunRef, sets: Partial<Lease>): void {
    this.#put({ ...this.#owned(ref), ...sets });
  }

  /** @throws SupersededError */
  steer(read: Lease, steering: Steering): void {
    const item = this.#item;
    const mine = item?.status === 'running' && item.generation === read.generation;
    const same = mine && item.phase === read.phase && item.stage === read.stage;
    if (!same || item.steering.rev !== read.steering.rev)
      throw new SupersededError(`steered or moved on since ${read.phase}`);
    this.#put({ ...item, steering });
  }

  replaceIntent(ref: RunRef, intent: Intent, expected: Intent): void {
    this.#put({ ...this.#expecting(ref, expected), intent });
  }

  confirmIntent(ref: RunRef, intent: Intent): void {
    const item = this.#expecting(ref, intent);
    this.#put({ ...item, intent: { ...item.intent, confirmed: true } });
  }

  fence({ trigger, reason, by, at, scope }: FenceRequest): FenceResult {
    const item = this.#item;
    if (item === null || item.status === 'completed') return { outcome: 'none', item };
    if (item.status !== 'running') {
      const mine = concerns(item, scope) || scope?.kind === 'unchanged';
      return { outcome: mine ? 'already' : 'not_concerned', item };
    }
    if (!concerns(item, scope)) return { outcome: 'not_concerned', item };
    const asked = { trigger, reason, by, requestedAt: at };
    const rollback = { ...asked, confirmedAt: null, verifiedAt: null, capacityRestoredAt: null };
    const generation = generationSchema.parse(item.generation + 1);
    return { outcome: 'fenced', item: this.#put({ ...item, status: 'rolling_back', generation, rollback }) };
  }

  confirmRollback(ref: RunRef, at: string): boolean {
    const item = this.#fenced(ref);
    if (item.status !== 'rolling_back') return false;
    this.#put({ ...item, status: 'rolled_back', rollback: { ...item.rollback, confirmedAt: at } });
    return true;
  }

  /** Notes what was seen after a confirmed rollback. */
  note(ref: RunRef, seen: { readonly verifiedAt: string } | { readonly capacityRestoredAt: string }): void {
    const item = this.#fenced(ref);
    if (item.status !== 'rolled_back') throw new FencedError('the rollback is not confirmed');
    this.#put({ ...item, rollback: { ...item.rollback, ...seen } });
  }

  complete(ref: RunRef): void {
    const item = this.#item;
    if (item?.status === 'completed' && item.generation === ref.generation) return;
    this.#put({ ...this.#owned(ref), status: 'completed', phase: 'complete' });
  }

  #put(item: Lease): Lease;
  #put(item: Lease | null): void;
  #put(item: Lease | null): Lease | null {
    this.#item = item;
    this.#past.push({ at: this.#now(), item });
    this.#onChange(item);
    return item;
  }

  #owned(ref: RunRef): Lease {
    const item = this.#item;
    if (item?.status !== 'running' || item.generation !== ref.generation)
      throw new FencedError(`generation ${ref.generation} is not ${item?.generation ?? 'there'}`);
    return item;
  }

  #expecting(ref: RunRef, intent: Intent): Lease {
    const item = this.#owned(ref);
    if (!sameIntent(item.intent, intent)) throw new SupersededError(`recorded at ${item.intent.at}`);
    return item;
  }

  #fenced(ref: RunRef): Lease & { readonly rollback: NonNullable<Lease['rollback']> } {
    const item = this.#item;
    if (item === null || item.rollback === null || item.generation !== ref.generation)
      throw new FencedError(`generation ${ref.generation} is not the rollback's`);
    return { ...item, rollback: item.rollback };
  }
}
