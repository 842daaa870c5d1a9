/** The notifier port over SNS; without a topic nobody is told, and that is the deployer's choice. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '../../core/model/index.ts';
import { aws } from './calls/index.ts';

/** SNS refuses longer subjects, line breaks and non-ASCII. */
const SUBJECT_LIMIT = 100;

export function snsNotifier(client: Pick<SNSClient, 'send'>, topicArn: string | undefined): Notifier {
  return {
    async publish({ subject, body }) {
      if (topicArn === undefined) return;
      const Subject = subject.replace(/[^\x20-\x7e]/g, '').slice(0, SUBJECT_LIMIT);
      await aws('Publish', () => client.send(new PublishCommand({ TopicArn: topicArn, Subject, Message: body })));
    },
  };
}
