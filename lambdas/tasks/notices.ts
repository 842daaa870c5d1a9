/** Notifications are best effort: an SNS failure never stops a cutover. */
import { describeError, type Lease, type LogEntry, type Notice, placeOfRun } from '../../core/model/index.ts';
import type { Deps } from './deps.ts';

/**
 * Returns whether the notice was sent. Never rejects; a notice that was not sent becomes a log line and the metric
 * `NoticeFailed`.
 */
export async function tell({ notifier, emit }: Pick<Deps, 'notifier' | 'emit'>, notice: Notice): Promise<boolean> {
  try {
    await notifier.publish(notice);
    return true;
  } catch (error) {
    emit({ NoticeFailed: 1 }, { subject: notice.subject, body: notice.body, error: describeError(error) });
    return false;
  }
}

/**
 * Returns whether the entry was written; without a run there is no log. Never rejects; a failure becomes a log line.
 */
export async function record(
  { decisionLog }: Pick<Deps, 'decisionLog'>,
  item: Lease | null,
  entry: Pick<LogEntry, 'at' | 'kind' | 'by' | 'message'>,
): Promise<boolean> {
  if (item === null) return true;
  try {
    await decisionLog.append(item.cutoverId, { ...entry, phase: item.phase, stage: item.stage });
    return true;
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', message: describeError(error) }));
    return false;
  }
}

/** Records an action that has already been taken, and notifies people. Never rejects. */
export async function recordAndTell(
  deps: Pick<Deps, 'decisionLog' | 'notifier' | 'emit'>,
  item: Lease | null,
  entry: Pick<LogEntry, 'at' | 'kind' | 'by' | 'message'>,
  notice: Pick<Notice, 'kind' | 'subject' | 'candidatePercent' | 'todo'>,
): Promise<void> {
  await Promise.all([record(deps, item, entry), tell(deps, { ...notice, ...leaseOf(item), body: entry.message })]);
}

/** The fields of a notice that describe the run of a lease. */
export function leaseOf(item: Lease | null): Pick<Notice, 'cutoverId' | 'phase'> {
  return item === null ? { cutoverId: null } : { cutoverId: item.cutoverId, phase: placeOfRun(item) };
}
