/** EventBridge's PutEvents on the default bus. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type JsonOperations, parse } from '../wire/index.ts';
import type { EventBus } from './event-bus.ts';

/** Limit for all entries of one call, in bytes. */
const MAX_BYTES = 262_144;

const inputSchema = z.strictObject({
  Entries: z
    .array(
      z.strictObject({
        Source: z.string().min(1),
        DetailType: z.string().min(1).max(128),
        Detail: z.string(),
        Resources: z.array(z.string().max(2_048)).default([]),
        // The only bus here.
        EventBusName: z.literal('default').optional(),
        Time: z.number().optional(),
      }),
    )
    .min(1)
    .max(10),
});

export function putEvents(bus: EventBus): JsonOperations {
  return {
    PutEvents: (input) => {
      const { Entries } = parse(inputSchema, input);
      const size = Entries.reduce((sum, e) => sum + Buffer.byteLength(`${e.Source}${e.DetailType}${e.Detail}`), 0);
      if (size > MAX_BYTES)
        return refused(Entries.length, 'ValidationException', 'Total size of the entries is over the limit');
      const answers = Entries.map(({ Source, DetailType, Detail, Resources }) => {
        if (Source.startsWith('aws.'))
          return {
            ErrorCode: 'NotAuthorizedForSourceException',
            ErrorMessage: `Not authorized for the source ${Source}`,
          };
        const detail = objectOf(Detail);
        if (detail === null) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
        bus.publish({ source: Source, 'detail-type': DetailType, resources: Resources, detail });
        return { EventId: randomUUID() };
      });
      return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
    },
  };
}

function refused(entries: number, ErrorCode: string, ErrorMessage: string) {
  return { FailedEntryCount: entries, Entries: Array.from({ length: entries }, () => ({ ErrorCode, ErrorMessage })) };
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
