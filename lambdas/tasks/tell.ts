/** Notifications are best effort: an SNS failure never stops a cutover. */
import { describeError, type Lease, type LogEntry, type Notice } from '../../core/model/index.ts';
import type { Deps } from './deps.ts';

/** Never rejects; a message that was not sent is a log line and the metric `NoticeFailed`. */
export async function tell({ notifier, emit }: Pick<Deps, 'notifier' | 'emit'>, notice: Notice): Promise<void> {
  try {
    await notifier.publish(notice);
  } catch (error) {
    emit({ NoticeFailed: 1 }, { subject: notice.subject, body: notice.body, error: describeError(error) });
  }
}

/** What has been done already, in the run's log and told. Never rejects; without a run there is no log to write to. */
export async function recordAndTell(
  deps: Pick<Deps, 'decisionLog' | 'notifier' | 'emit'>,
  item: Lease | null,
  entry: Pick<LogEntry, 'at' | 'kind' | 'by' | 'message'>,
  notice: Pick<Notice, 'kind' | 'subject' | 'candidatePercent'>,
): Promise<void> {
  const logged =
    item === null ? null : deps.decisionLog.append(item.cutoverId, { ...entry, phase: item.phase, stage: item.stage });
  const [written] = await Promise.allSettled([
    logged,
    tell(deps, { ...notice, ...leaseOf(item), body: entry.message }),
  ]);
  if (written.status === 'rejected')
    console.error(JSON.stringify({ level: 'error', message: describeError(written.reason) }));
}

function leaseOf(item: Lease | null): Pick<Notice, 'cutoverId' | 'phase'> {
  return item === null ? { cutoverId: null } : { cutoverId: item.cutoverId, phase: item.phase };
}
