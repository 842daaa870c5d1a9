import {
  DeleteAlarmMuteRuleCommand,
  PutAlarmMuteRuleCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentSchema } from '../../core/model/deployment.ts';
import { FencedError, RefusedError, SupersededError } from '../../core/model/errors.ts';
import { cutoverIdSchema, generationSchema, ingressIdSchema } from '../../core/model/ids.ts';
import { type Lease, TIDINGS } from '../../core/model/lease.ts';
import type { Claim, FenceRequest } from '../../core/model/ports.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import { finalWeights, SAFE_SPLIT, sameWeights, weightsFor } from '../../core/model/split.ts';
import { UNSTEERED } from '../../core/model/steering.ts';
import { systemClock } from '../../lambdas/aws/calls/system-clock.ts';
import { cloudWatchAlarms } from '../../lambdas/aws/cloudwatch/alarms.ts';
import { dynamoApprovals } from '../../lambdas/aws/dynamo/approvals.ts';
import { dynamoDecisionLog } from '../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoDrills } from '../../lambdas/aws/dynamo/drills.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import { dynamoReminders } from '../../lambdas/aws/dynamo/notices.ts';
import { dynamoParityRules } from '../../lambdas/aws/dynamo/parity-rules.ts';
import { dynamoParityStore } from '../../lambdas/aws/dynamo/parity-store.ts';
import { pastRuns } from '../../lambdas/aws/dynamo/runs.ts';
import { elbIngress } from '../../lambdas/aws/elb/ingress.ts';
import { elbRules } from '../../lambdas/aws/elb/surroundings.ts';
import { sfnExecutions } from '../../lambdas/aws/states/executions.ts';
import { makeHandler as preflight } from '../../lambdas/preflight.ts';
import { EMPTY_TALLY } from '../../parity/tally/tally.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { PREFLIGHT_EVENT } from '../support/run.ts';
import { BACKENDS, type Backend, RED_ALARM } from './backends.ts';

const AT = '2026-11-24T08:00:00.000Z';
const LATER = '2026-11-24T08:01:00.000Z';
const TASKS = { step: 2, desired: 4, at: AT, confirmed: false };
const REQUEST: FenceRequest = { trigger: 'alarm', reason: 'red', by: 'gateway-red', at: AT };
const CUTOVER = cutoverIdSchema.parse('one');
const progress = { phase: 'stage' as const, stage: 1, heartbeatDueAt: LATER };

describe.each(BACKENDS)('the adapters over %s', (_name, start) => {
  let backend: Backend;
  let sequence = 0;
  beforeAll(async () => {
    backend = await start();
  });
  afterAll(() => backend.stop());

  /** Returns a ledger with a separate ingress. */
  function fresh() {
    const ledger = dynamoLeases(backend.dynamo, backend.table);
    const ingressId = ingressIdSchema.parse(`gateway-${++sequence}`);
    const intent = { split: SAFE_SPLIT, weights: weightsFor(backend.deployment, SAFE_SPLIT), at: AT, confirmed: true };
    const claim: Claim = {
      ingressId,
      cutoverId: CUTOVER,
      executionArn: `arn:${sequence}`,
      at: AT,
      intent,
      heartbeatDueAt: LATER,
      drill: null,
      startedBy: null,
      stableGroup: null,
    };
    return { ledger, ingressId, claim, intent };
  }

  describe('ledger', () => {
    it('gives the ingress to one run, and the same answer to the same execution', async () => {
      const { ledger, ingressId, claim } = fresh();
      expect(await ledger.read(ingressId)).toBeNull();
      const item = await ledger.claim(claim);
      expect(item).toMatchObject({ generation: 1, status: 'running', stableCapacity: 'full', rollback: null });
      expect(await ledger.claim(claim)).toEqual(item);
      expect(await ledger.read(ingressId)).toEqual(item);
      await expect(ledger.claim({ ...claim, executionArn: 'arn:other' })).rejects.toThrow(RefusedError);
    });

    it('gives the ingress to the one run whose claim was sent twice, its first answer lost', async () => {
      const { ingressId, claim } = fresh();
      // Does what the SDK does by itself after a timeout: it sends the same request again.
      const send = backend.dynamo.send.bind(backend.dynamo);
      const twice = async (command: Parameters<typeof send>[0]) => {
        if (command.constructor.name === 'PutItemCommand') await send(command);
        return send(command);
      };
      const ledger = dynamoLeases(Object.assign(Object.create(backend.dynamo), { send: twice }), backend.table);
      expect(await ledger.claim(claim)).toMatchObject({ generation: 1, executionArn: claim.executionArn });
      expect(await ledger.read(ingressId)).toMatchObject({ status: 'running', executionArn: claim.executionArn });
    });

    it('records what the owner intends and confirms', async () => {
      const { ledger, ingressId, claim, intent } = fresh();
      const item = await ledger.claim(claim);
      await ledger.recordIntent(item, { ...intent, confirmed: false }, progress);
      expect(await ledger.read(ingressId)).toMatchObject({ intent: { confirmed: false }, phase: 'stage', stage: 1 });
      await ledger.confirmIntent(item, intent);
      await ledger.heartbeat(item, { ...progress, stage: 2 });
      await ledger.recordCapacity(item, { desired: 2, running: 2, scaling: null }, 'reduced');
      expect(await ledger.read(ingressId)).toMatchObject({
        intent: { confirmed: true },
        stage: 2,
        stableCapacity: 'reduced',
        capacity: { desired: 2 },
      });
    });

    it('fences a run once, and tells who did to whoever comes later', async () => {
      const { ledger, claim } = fresh();
      const item = await ledger.claim(claim);
      const first = await ledger.fence(claim.ingressId, REQUEST);
      expect(first).toMatchObject({
        outcome: 'fenced',
        item: { status: 'rolling_back', generation: item.generation + 1, rollback: { trigger: 'alarm' } },
      });
      const second = await ledger.fence(claim.ingressId, { ...REQUEST, trigger: 'watchdog' });
      expect(second).toMatchObject({
        outcome: 'already',
        item: { generation: item.generation + 1, rollback: { trigger: 'alarm' } },
      });
    });

    it('fences only the run that a trigger speaks of', async () => {
      const { ledger, claim, ingressId } = fresh();
      const item = await ledger.claim(claim);
      const before = new Date(Date.parse(item.startedAt) - 1).toISOString();
      for (const scope of [
        { kind: 'execution', executionArn: 'arn:other' },
        { kind: 'since', at: before },
        { kind: 'unchanged', what: 'silence', lease: { ...item, heartbeatDueAt: AT } },
        { kind: 'unchanged', what: 'silence', lease: { ...item, intent: { ...item.intent, at: LATER } } },
        { kind: 'unchanged', what: 'intent', lease: { ...item, intent: { ...item.intent, at: LATER } } },
        { kind: 'unchanged', what: 'intent', lease: { ...item, intent: { ...item.intent, confirmed: false } } },
      ] as const)
        expect(await ledger.fence(ingressId, { ...REQUEST, scope })).toMatchObject({
          outcome: 'not_concerned',
          item: { status: 'running', generation: item.generation },
        });
      // A heartbeat since then does not change what the run wants of the listener, so the fence still applies.
      const scope = { kind: 'unchanged', what: 'intent', lease: { ...item, heartbeatDueAt: AT } } as const;
      expect(await ledger.fence(ingressId, { ...REQUEST, scope })).toMatchObject({ outcome: 'fenced' });
      // A second fence from the same lease comes too late, and the end of another run still does not concern this one.
      expect(await ledger.fence(ingressId, { ...REQUEST, scope })).toMatchObject({ outcome: 'already' });
      const ended = { kind: 'execution', executionArn: 'arn:other' } as const;
      expect(await ledger.fence(ingressId, { ...REQUEST, scope: ended })).toMatchObject({ outcome: 'not_concerned' });
    });

    it.each([
      ['its execution', (item: Lease) => ({ kind: 'execution', executionArn: item.executionArn }) as const],
      ['an instant since it began', (item: Lease) => ({ kind: 'since', at: item.startedAt }) as const],
    ])('fences a run by %s', async (_how, scopeOf) => {
      const { ledger, claim, ingressId } = fresh();
      const item = await ledger.claim(claim);
      expect(await ledger.fence(ingressId, { ...REQUEST, scope: scopeOf(item) })).toMatchObject({ outcome: 'fenced' });
    });

    it('confirms and replaces an intent only while that very intent stands', async () => {
      const { ledger, claim, intent, ingressId } = fresh();
      const item = await ledger.claim(claim);
      const mine = { ...intent, at: AT, confirmed: false };
      const theirs = { ...mine, by: 'close-mirror' as const, split: { candidatePercent: 7, mirror: null } };
      await ledger.recordIntent(item, mine, progress);
      await ledger.replaceIntent(item, theirs, mine);
      await expect(ledger.confirmIntent(item, mine)).rejects.toThrow(SupersededError);
      await expect(ledger.replaceIntent(item, mine, mine)).rejects.toThrow(SupersededError);
      await ledger.confirmIntent(item, theirs);
      expect(await ledger.read(ingressId)).toMatchObject({
        intent: { split: { candidatePercent: 7 }, confirmed: true },
        ...progress,
      });
    });

    it('notes once that the capacity is back', async () => {
      const { ledger, claim, ingressId } = fresh();
      await ledger.claim(claim);
      const { item } = await ledger.fence(ingressId, REQUEST);
      const ref = { ...claim, generation: item?.generation ?? generationSchema.parse(0) };
      await ledger.confirmRollback(ref, AT);
      await ledger.confirmCapacity(ref, LATER);
      expect(await ledger.read(ingressId)).toMatchObject({ rollback: { capacityRestoredAt: LATER } });
    });

    it('notes a drill’s trip while the run owns the ingress, and keeps what the newest drill has shown', async () => {
      const { ledger, claim, ingressId } = fresh();
      const drill = { percent: 1, alarm: 'gateway-red', trippedAt: null };
      const item = await ledger.claim({ ...claim, drill });
      await ledger.recordTrip(item, { ...drill, trippedAt: AT });
      expect(await ledger.read(ingressId)).toMatchObject({ drill: { trippedAt: AT } });
      const drills = dynamoDrills(backend.dynamo, backend.table, ingressId);
      expect(await drills.last()).toBeNull();
      const times = { trippedAt: AT, requestedAt: AT, confirmedAt: AT, verifiedAt: LATER };
      const record = { cutoverId: CUTOVER, alarm: 'gateway-red', percent: 1, ...times };
      await drills.keep(record);
      expect(await drills.last()).toEqual(record);
      await ledger.fence(ingressId, REQUEST);
      await expect(ledger.recordTrip(item, drill)).rejects.toThrow(FencedError);
    });

    it('reminds of each trouble at once and then in ten minutes, of two watchdogs by one, and again after a lost answer', async () => {
      const { ingressId } = fresh();
      const reminders = dynamoReminders(backend.dynamo, backend.table, ingressId);
      const minute = 60_000;
      const both = await Promise.all([reminders.due('one', minute), reminders.due('one', minute + 1)]);
      expect(both.toSorted()).toEqual([false, true]);
      const anothers = [
        [1, true],
        [1, true],
        [10.4, false],
        [10.9, true],
        [19, false],
        [5, true],
      ] as const;
      for (const [minutes, isDue] of anothers) expect(await reminders.due('another', minutes * minute)).toBe(isDue);
    });

    it('notes the completion of a run whose restored lease has been fenced, with its last intent', async () => {
      const { ledger, claim, ingressId } = fresh();
      const item = await ledger.claim(claim);
      const last = { ...item.intent, at: LATER, weights: finalWeights(backend.deployment) };
      await ledger.fence(ingressId, REQUEST);
      await expect(ledger.complete(item, last)).rejects.toThrow(FencedError);
      const fenced = await ledger.read(ingressId);
      await ledger.complete(fenced ?? item, last);
      expect(await ledger.read(ingressId)).toMatchObject({ status: 'completed', phase: 'complete', intent: last });
    });

    it('has nothing to fence without a run or after a completed one', async () => {
      const { ledger, claim } = fresh();
      expect(await ledger.fence(claim.ingressId, REQUEST)).toEqual({ outcome: 'none', item: null });
      const item = await ledger.claim(claim);
      await ledger.complete(item);
      await ledger.complete(item);
      expect(await ledger.read(claim.ingressId)).toMatchObject({ phase: 'complete', intent: item.intent });
      expect(await ledger.fence(claim.ingressId, REQUEST)).toMatchObject({
        outcome: 'none',
        item: { status: 'completed' },
      });
      // The next migration, with the sides exchanged, has a new generation that the old run does not own.
      const next = await ledger.claim({ ...claim, executionArn: 'arn:other' });
      expect(next.generation).toBe(item.generation + 1);
      await expect(ledger.heartbeat(item, progress)).rejects.toThrow(FencedError);
    });

    it('takes steering of the run as it was read, and of no other', async () => {
      const { ledger, ingressId, claim } = fresh();
      const read = await ledger.claim(claim);
      const steering = { ...UNSTEERED, rev: 1, retries: 1 };
      await ledger.steer(read, steering);
      const steered = await ledger.read(ingressId);
      expect(steered).toMatchObject({ steering, status: 'running', generation: 1 });
      await expect(ledger.steer(read, { ...steering, retries: 2 })).rejects.toThrow(SupersededError);
      if (steered === null) throw new Error('it was claimed');
      await ledger.heartbeat(read, progress);
      await expect(ledger.steer(steered, { ...steering, rev: 2 })).rejects.toThrow(SupersededError);
      const moved = { ...steered, phase: progress.phase, stage: progress.stage };
      await ledger.steer(moved, { ...steering, rev: 2 });
      await ledger.fence(ingressId, REQUEST);
      await expect(ledger.steer({ ...moved, steering: { ...steering, rev: 2 } }, steering)).rejects.toThrow(
        SupersededError,
      );
      expect(await ledger.read(ingressId)).toMatchObject({ status: 'rolling_back', steering: { rev: 2 } });
    });

    it('steers a lease of an earlier version, which has no steering', async () => {
      const { ledger, ingressId, claim } = fresh();
      await ledger.claim(claim);
      const key = { pk: { S: `INGRESS#${ingressId}` }, sk: { S: 'CUTOVER' } };
      const remove = { TableName: backend.table, Key: key, UpdateExpression: 'REMOVE steering, startedBy' };
      await backend.dynamo.send(new UpdateItemCommand(remove));
      const read = await ledger.read(ingressId);
      expect(read).toMatchObject({ steering: UNSTEERED, startedBy: null });
      if (read === null) throw new Error('it was claimed');
      await ledger.steer(read, { ...UNSTEERED, rev: 1 });
      expect(await ledger.read(ingressId)).toMatchObject({ steering: { rev: 1 } });
    });

    it.each([
      ['of a run that was fenced', (item: Lease) => item, true],
      // After the table was lost or restored, generations are counted again.
      ['of another run with the same generation', (item: Lease) => ({ ...item, executionArn: 'arn:other' }), false],
    ])('refuses every write %s', async (_whose, refOf, isFenced) => {
      const { ledger, claim, intent } = fresh();
      const item = refOf(await ledger.claim(claim));
      if (isFenced) await ledger.fence(claim.ingressId, REQUEST);
      const capacity = { desired: 1, running: 1, scaling: null };
      for (const write of [
        () => ledger.recordIntent(item, intent, progress),
        () => ledger.confirmIntent(item, intent),
        () => ledger.replaceIntent(item, intent, intent),
        () => ledger.heartbeat(item, progress),
        () => ledger.recordCapacity(item, capacity, 'full'),
        () => ledger.recordTasks(item, TASKS),
        () => ledger.confirmTasks(item, TASKS),
        () => ledger.complete(item),
        () => ledger.confirmRollback(item, AT),
      ]) {
        await expect(write()).rejects.toThrow(FencedError);
      }
    });

    it('refuses every write of a run that has completed', async () => {
      const { ledger, claim, intent } = fresh();
      const item = await ledger.claim(claim);
      await ledger.complete(item);
      for (const write of [
        () => ledger.recordIntent(item, intent, progress),
        () => ledger.confirmIntent(item, intent),
        () => ledger.heartbeat(item, progress),
        () => ledger.recordTasks(item, TASKS),
        () => ledger.confirmRollback(item, AT),
        () => ledger.verifyRollback(item, AT),
      ])
        await expect(write()).rejects.toThrow(FencedError);
    });

    it('takes a claim only over the lease that was read: two runs may have come and gone since', async () => {
      const { ledger, ingressId, claim } = fresh();
      const returned = async () => {
        const { item } = await ledger.fence(ingressId, REQUEST);
        if (item !== null) await ledger.confirmRollback(item, AT);
      };
      await ledger.claim(claim);
      await returned();
      const send = backend.dynamo.send.bind(backend.dynamo);
      let raced = false;
      const late = async (command: Parameters<typeof send>[0]) => {
        if (command.constructor.name === 'PutItemCommand' && 'ConditionExpression' in command.input && !raced) {
          raced = true;
          await ledger.claim({ ...claim, executionArn: 'arn:quicker' });
          await returned();
        }
        return send(command);
      };
      const slow = dynamoLeases(Object.assign(Object.create(backend.dynamo), { send: late }), backend.table);
      await expect(slow.claim({ ...claim, executionArn: 'arn:slow' })).rejects.toThrow(RefusedError);
      expect(raced).toBe(true);
    });

    it('steers only the phase and the stage that were read', async () => {
      const { ledger, ingressId, claim } = fresh();
      const item = await ledger.claim(claim);
      const steering = { ...UNSTEERED, rev: 1 };
      await ledger.heartbeat(item, { ...progress, phase: item.phase, stage: item.stage });
      for (const moved of [
        { ...progress, phase: item.phase, stage: item.stage + 1 },
        { ...progress, phase: 'soak' as const, stage: item.stage },
      ]) {
        await ledger.heartbeat(item, moved);
        await expect(ledger.steer(item, steering)).rejects.toThrow(SupersededError);
      }
      await ledger.heartbeat(item, { ...progress, phase: item.phase, stage: item.stage });
      await ledger.steer(item, steering);
      expect(await ledger.read(ingressId)).toMatchObject({ steering: { rev: 1 } });
    });

    it('verifies the return of no other generation', async () => {
      const { ledger, ingressId, claim } = fresh();
      const old = await ledger.claim(claim);
      const { item } = await ledger.fence(ingressId, REQUEST);
      if (item === null) throw new RangeError('it was claimed');
      await ledger.confirmRollback(item, AT);
      await expect(ledger.verifyRollback(old, AT)).rejects.toThrow(FencedError);
      await expect(ledger.confirmCapacity(old, AT)).rejects.toThrow(FencedError);
    });

    it('notes a step down, and confirms only the one that stands there', async () => {
      const { ledger, ingressId, claim } = fresh();
      const item = await ledger.claim(claim);
      await ledger.recordTasks(item, TASKS);
      await expect(ledger.confirmTasks(item, { ...TASKS, at: LATER })).rejects.toThrow(SupersededError);
      expect(await ledger.read(ingressId)).toMatchObject({ stableCapacity: 'reduced', tasks: TASKS });
      await ledger.confirmTasks(item, TASKS);
      expect(await ledger.read(ingressId)).toMatchObject({ tasks: { ...TASKS, confirmed: true } });
    });

    it('owes people the news of a rollback at its fence and at its confirmation, until it is noted that they were told', async () => {
      const { ledger, ingressId, claim } = fresh();
      await ledger.claim(claim);
      const { item } = await ledger.fence(ingressId, REQUEST);
      if (item === null) throw new Error('it was claimed');
      const owed = async () => (await ledger.read(ingressId))?.rollback?.owed;
      expect(await owed()).toEqual(TIDINGS);
      await ledger.recordTold(item, 'rolling_back', []);
      expect(await owed()).toEqual([]);
      await ledger.confirmRollback(item, AT);
      expect(await owed()).toEqual(TIDINGS);
      // A record for the status `rolling_back` comes too late: that status has passed.
      await ledger.recordTold(item, 'rolling_back', []);
      expect(await owed()).toEqual(TIDINGS);
      await ledger.recordTold(item, 'rolled_back', ['message']);
      expect(await owed()).toEqual(['message']);
    });

    it('confirms a rollback once, keeps the first time, and then lets a new generation begin', async () => {
      const { ledger, ingressId, claim } = fresh();
      await ledger.claim(claim);
      const { item } = await ledger.fence(ingressId, REQUEST);
      const ref = { ...claim, generation: item?.generation ?? generationSchema.parse(0) };
      await expect(ledger.claim({ ...claim, executionArn: 'arn:other' })).rejects.toThrow(RefusedError);
      // Of several confirmations, only the first returns true.
      expect(await ledger.confirmRollback(ref, AT)).toBe(true);
      expect(await ledger.confirmRollback(ref, LATER)).toBe(false);
      expect(await ledger.read(ingressId)).toMatchObject({
        status: 'rolled_back',
        rollback: { confirmedAt: AT, verifiedAt: null },
      });
      await ledger.verifyRollback(ref, LATER);
      expect(await ledger.read(ingressId)).toMatchObject({ rollback: { verifiedAt: LATER } });
      expect(await ledger.claim({ ...claim, executionArn: 'arn:other' })).toMatchObject({
        generation: 3,
        status: 'running',
        rollback: null,
      });
    });

    it('keeps the log in order, with its figures exact, and apart from another ingress’s run of one name', async () => {
      const { ingressId } = fresh();
      const decisionLog = dynamoDecisionLog(backend.dynamo, backend.table, ingressId);
      const other = dynamoDecisionLog(backend.dynamo, backend.table, ingressIdSchema.parse('other'));
      const id = cutoverIdSchema.parse(`log-${sequence}`);
      const entry = (at: string, message: string) => ({
        at,
        kind: 'observation' as const,
        phase: 'stage' as const,
        stage: 0,
        by: 'machine',
        message,
        data: { eValue: 1.7976931348623157e308, n: [0.1] },
      });
      await decisionLog.append(id, entry(LATER, 'second'));
      await decisionLog.append(id, entry(AT, 'first'));
      expect(await decisionLog.entries(id)).toEqual([entry(AT, 'first'), entry(LATER, 'second')]);
      expect(await other.entries(id)).toEqual([]);
    });
  });

  it('read a log that an earlier version wrote, whose key leaves the ingress out', async () => {
    const { ingressId } = fresh();
    const id = cutoverIdSchema.parse(`earlier-${sequence}`);
    const entry = { at: AT, kind: 'phase', phase: 'stage', stage: 0, by: 'machine', message: 'm' };
    const item = { pk: { S: `CUTOVER#${id}` }, sk: { S: `LOG#${AT}#x` }, entry: { S: JSON.stringify(entry) } };
    await backend.dynamo.send(new PutItemCommand({ TableName: backend.table, Item: item }));
    expect(await dynamoDecisionLog(backend.dynamo, backend.table, ingressId).entries(id)).toEqual([entry]);
  });

  it('keep open sign-offs, each ingress its own', async () => {
    const { ingressId } = fresh();
    const approvals = dynamoApprovals(backend.dynamo, backend.table, ingressId);
    const others = dynamoApprovals(backend.dynamo, backend.table, ingressIdSchema.parse('other'));
    expect(await approvals.newest(CUTOVER)).toBeNull();
    const request = {
      cutoverId: CUTOVER,
      kind: 'shadow' as const,
      token: 't',
      askedAt: AT,
      expiresAt: LATER,
      evidence: 'clean',
    };
    await approvals.open(request);
    const state = stateToJson(parseState(await preflight(new MemoryWorld())(PREFLIGHT_EVENT)));
    await approvals.open({ ...request, kind: 'final', askedAt: LATER, state });
    const final = await approvals.newest(CUTOVER);
    expect(final).toMatchObject({ kind: 'final', agreed: [], answered: null });
    expect(parseState(final?.state), 'the run as it was when it asked').toEqual(parseState(state));
    expect(await others.newest(CUTOVER)).toBeNull();
  });

  it('keep who has approved a sign-off, each person once, until it is answered', async () => {
    const { ingressId } = fresh();
    const approvals = dynamoApprovals(backend.dynamo, backend.table, ingressId);
    const asked = { kind: 'final' as const, token: 't', askedAt: AT, expiresAt: LATER, evidence: 'clean' };
    await approvals.open({ ...asked, cutoverId: CUTOVER });
    const open = await approvals.newest(CUTOVER);
    if (open === null) throw new Error('it was opened');
    await approvals.agree(open, { by: 'arn:a', comment: 'seen' });
    await approvals.agree(open, { by: 'arn:a', comment: 'seen again' });
    const both = await approvals.agree(open, { by: 'arn:b', comment: '' });
    expect(both.agreed.toSorted((x, y) => (x.by < y.by ? -1 : 1))).toEqual([
      { by: 'arn:a', comment: 'seen again' },
      { by: 'arn:b', comment: '' },
    ]);
    await approvals.close(both, { answer: 'approve', by: 'arn:b', at: LATER });
    expect(await approvals.newest(CUTOVER)).toMatchObject({ answered: { by: 'arn:b' } });
    await expect(approvals.agree(open, { by: 'arn:c', comment: '' })).rejects.toThrow(SupersededError);
    await expect(approvals.close(open, { answer: 'refuse', by: 'arn:c', at: LATER })).rejects.toThrow(SupersededError);
  });

  it('put a run aside before the next one takes its lease', async () => {
    const { ledger, ingressId, claim } = fresh();
    const first = await ledger.claim(claim);
    expect(await pastRuns(backend.dynamo, backend.table, ingressId)).toEqual([]);
    await ledger.complete(first);
    await ledger.claim({ ...claim, cutoverId: cutoverIdSchema.parse('two'), executionArn: 'arn:two', at: LATER });
    const past = await pastRuns(backend.dynamo, backend.table, ingressId);
    expect(past).toEqual([expect.objectContaining({ cutoverId: 'one', status: 'completed', startedAt: AT })]);
  });

  it('count a pair once, in whatever batch it comes, and keep cutovers and rules apart', async () => {
    const store = dynamoParityStore(backend.dynamo, {
      table: backend.table,
      ingressId: backend.deployment.ingressId,
      clock: systemClock,
      keepDays: 1,
    });
    const series = { cutoverId: cutoverIdSchema.parse('parity'), rules: 'none' };
    const pairs = ['a', 'b', 'c'].map((identity, i) => ({
      identity,
      at: `2026-11-24T08:59:5${i + 7}.000Z`,
      routes: { 'GET /x': { ...EMPTY_TALLY, pairs: 1, same: 1 } },
    }));
    const counted = (n: number) => ({ 'GET /x': { ...EMPTY_TALLY, pairs: n, same: n } });
    expect(await store.read(series)).toEqual({});
    expect(await store.add(series, pairs.slice(0, 2))).toEqual(counted(2));
    expect(await store.read(series)).toEqual(counted(2));
    expect(await store.add(series, pairs)).toEqual(counted(1));
    expect(await store.add(series, pairs)).toEqual({});
    expect(await store.read(series)).toEqual(counted(3));
    expect(await store.read({ ...series, rules: 'other' })).toEqual({});
  });

  it('leave out what was counted for a time before the one that is asked for, to ten seconds', async () => {
    const store = dynamoParityStore(backend.dynamo, {
      table: backend.table,
      ingressId: backend.deployment.ingressId,
      clock: systemClock,
      keepDays: 1,
    });
    const series = { cutoverId: cutoverIdSchema.parse('revised'), rules: 'none' };
    const times = ['08:10:00', '09:00:00', '09:29:59', '09:30:00', '10:00:00'].map((t) => `2026-11-24T${t}.000Z`);
    const pairs = times.map((at, i) => ({
      identity: String(i),
      at,
      routes: { 'GET /x': { ...EMPTY_TALLY, pairs: 1, same: 1 } },
    }));
    await store.add(series, pairs);
    const countedSince = async (at: string) => (await store.read(series, Date.parse(at)))['GET /x']?.pairs ?? 0;
    expect(await Promise.all(times.map(countedSince))).toEqual([5, 4, 2, 2, 1]);
    expect(await countedSince('2026-11-24T10:00:00.001Z')).toBe(0);
  });

  it('keep the newest rules of an ingress, as they were put; a reader sees them within a minute', async () => {
    let now = Date.parse(AT);
    const clock = { now: () => now };
    const options = { table: backend.table, ingressId: ingressIdSchema.parse('ruled'), clock };
    const [owner, reader] = [dynamoParityRules(backend.dynamo, options), dynamoParityRules(backend.dynamo, options)];
    expect(await owner.stored()).toBeNull();
    expect((await reader.effective()).version).toBe('none');
    const where = { route: '/items', pointer: '/at' };
    const decided = { id: 'at', owner: 'shop', reason: 'a clock', expires: '2026-12-31' };
    const put = { set: { v: 1, rules: [{ kind: 'ignore', ...decided, where }] }, by: 'ada', at: AT } as const;
    await owner.put({ ...put, set: { v: 1, rules: [] }, at: '2026-11-24T07:00:00.000Z' });
    await owner.put({ ...put, set: { v: 1, rules: [...put.set.rules] } });
    expect(await owner.stored()).toEqual(put);
    expect((await reader.effective()).version).toBe('none');
    now += 60_000;
    const { version } = await reader.effective();
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    now = Date.parse('2027-01-01T00:00:00Z');
    const later = await reader.effective();
    expect([later.version, later.compiled.expired.map((rule) => rule.id)]).toEqual(['none', ['at']]);
  });

  describe('ingress', () => {
    it('reads what it wrote: every group, every rule, stickiness off', async () => {
      const ingress = elbIngress(backend.elb, backend.deployment);
      expect(sameWeights(await ingress.read(), weightsFor(backend.deployment, SAFE_SPLIT))).toBe(true);
      const shifted = weightsFor(backend.deployment, { candidatePercent: 0.5, mirror: null });
      for (const rule of shifted) await ingress.write({ ...rule, sticky: true });
      expect((await ingress.read()).every((r) => r.sticky)).toBe(true);
      for (const rule of shifted) await ingress.write(rule);
      expect(sameWeights(await ingress.read(), shifted)).toBe(true);
    });

    it('refuses a rule that does not exist', async () => {
      const [rule] = weightsFor(backend.deployment, SAFE_SPLIT);
      if (rule === undefined) throw new Error('a rule was expected');
      const ingress = elbIngress(backend.elb, backend.deployment);
      const gone = `${rule.ruleArn}0` as typeof rule.ruleArn;
      await expect(ingress.write({ ...rule, ruleArn: gone })).rejects.toThrow(`Rule ${gone} no longer exists`);
    });

    it('reads the rules that stand beside one that does not exist', async () => {
      const { rules } = backend.deployment;
      const gone = { ...rules[0], arn: `${rules[0]?.arn}0` };
      const deployment = deploymentSchema.parse({ ...backend.deployment, rules: [...rules, gone] });
      const read = await elbIngress(backend.elb, deployment).read();
      expect(read.map(({ absent = 'stands' }) => absent)).toEqual([...rules.map(() => 'stands'), 'gone']);
    });

    it('reads all rules of every listener of its load balancer, defaults among them', async () => {
      const listeners = await elbRules(backend.elb, backend.deployment).rules();
      const own: readonly string[] = backend.deployment.rules.map(({ arn }) => arn);
      expect(listeners).toHaveLength(1);
      expect(listeners.flat().filter(({ arn }) => own.includes(arn))).toHaveLength(own.length);
      expect(
        listeners.flat().filter(({ priority, forwards }) => priority === Infinity && forwards === null),
      ).toHaveLength(1);
    });

    it('counts no target where none is registered', async () => {
      expect(await elbIngress(backend.elb, backend.deployment).health('stable')).toEqual({
        healthy: 0,
        unhealthy: 0,
        registered: 0,
      });
    });
  });

  it('read alarms by name, and miss what does not exist', async () => {
    if (backend.name !== 'our cloud') {
      await backend.cloudWatch.send(new PutMetricAlarmCommand(RED_ALARM));
    }
    await backend.cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: 'gateway-red', StateValue: 'ALARM', StateReason: 'drill' }),
    );
    expect(await cloudWatchAlarms(backend.cloudWatch).read(['gateway-red', 'gateway-none'])).toEqual([
      { name: 'gateway-red', state: 'ALARM', actionsEnabled: true, mutedBy: [] },
    ]);
  });

  it('name the mute rule that keeps an alarm’s actions back, and no other alarm’s', async () => {
    // moto has no mute rules, and fakecloud lists all of them as active.
    if (backend.name !== 'our cloud') return;
    const windowFrom = (ms: number) => ({
      Schedule: { Expression: `at(${new Date(ms).toISOString().slice(0, 16)})`, Duration: 'PT1H' },
    });
    const put = (Name: string, AlarmNames: string[], from: number) =>
      backend.cloudWatch.send(
        new PutAlarmMuteRuleCommand({ Name, Rule: windowFrom(from), MuteTargets: { AlarmNames } }),
      );
    const mutedBy = async () => (await cloudWatchAlarms(backend.cloudWatch).read(['gateway-red']))[0]?.mutedBy;
    await put('theirs', ['another'], Date.now());
    await put('tomorrow', ['gateway-red'], Date.now() + 86_400_000);
    expect(await mutedBy()).toEqual([]);
    await put('friday', ['another', 'gateway-red'], Date.now());
    expect(await mutedBy()).toEqual(['friday']);
    for (const AlarmMuteRuleName of ['friday', 'theirs', 'tomorrow'])
      await backend.cloudWatch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName }));
    expect(await mutedBy()).toEqual([]);
  });

  it('call an execution that does not exist not running, and stop it without complaint', async () => {
    const executions = sfnExecutions(backend.states, backend.deployment);
    const arn = 'arn:aws:states:us-east-1:000000000000:execution:m:none';
    expect(await executions.stateOf(arn)).toBe('ended');
    await executions.stop(arn, 'no longer wanted');
  });
});
