/** Status messages: people are told, but a topic that does not answer stops no cutover and undoes nothing. */
import { describeError } from '../core/errors.ts';
import type { Notice } from '../core/ports.ts';
import type { Deps } from './deps.ts';

/** Never rejects; a message that was not sent is a log line and the metric `NoticeFailed`. */
export async function tell({ notifier, emit }: Pick<Deps, 'notifier' | 'emit'>, notice: Notice): Promise<void> {
  try {
    await notifier.publish(notice);
  } catch (error) {
    emit({ NoticeFailed: 1 }, { subject: notice.subject, body: notice.body, error: describeError(error) });
  }
}
