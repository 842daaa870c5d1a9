/**
 * Parity transform: Firehose hands over captured pairs, each is compared, its verdict is written beside it.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type {
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import type { Ledger } from '../core/ports.ts';
import { aggregateOf } from '../parity/aggregate.ts';
import { compareRecord } from '../parity/compare.ts';
import { captureRecordSchema } from '../parity/record.ts';
import { CLIENT_OPTIONS } from './aws/clients.ts';
import { deploymentFromEnv } from './aws/deployment.ts';
import { dynamoLedger } from './aws/dynamo-ledger.ts';
import { dynamoParityStore, mergeRoutes, type ParityStore, type RouteAggregates } from './aws/parity-store.ts';
import { systemClock } from './aws/system-clock.ts';
import { decodeContent } from './decode-content.ts';
import type { Deps } from './deps.ts';
import { type Emit, emfEmitter } from './emf.ts';

export interface TransformDeps {
  readonly deployment: Deps['deployment'];
  readonly ledger: Pick<Ledger, 'read'>;
  readonly store: ParityStore;
  readonly emit: Emit;
}

export function makeHandler(deps: TransformDeps) {
  return async (event: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    let routes: RouteAggregates = {};
    const records = event.records.map(({ recordId, data }): FirehoseTransformationResultRecord => {
      const captured = captureRecordSchema.safeParse(parse(data));
      if (!captured.success) return { recordId, result: 'ProcessingFailed', data };
      const comparison = compareRecord(captured.data, { decode: decodeContent });
      routes = mergeRoutes(routes, { [captured.data.route]: aggregateOf(captured.data, comparison) });
      const line = `${JSON.stringify({ ...captured.data, comparison })}\n`;
      return { recordId, result: 'Ok', data: Buffer.from(line).toString('base64') };
    });
    const owner = await deps.ledger.read(deps.deployment.ingressId);
    if (owner !== null && owner.status === 'running') await deps.store.add(owner.cutoverId, batchId(event), routes);
    const totals = Object.values(routes);
    deps.emit({
      ParityPairs: totals.reduce((sum, r) => sum + r.pairs, 0),
      ParityBreaking: totals.reduce((sum, r) => sum + r.breaking, 0),
      ParityFailed: records.filter((r) => r.result !== 'Ok').length,
    });
    return { records };
  };
}

/** The same records give the same id, however often Firehose delivers them. */
function batchId(event: FirehoseTransformationEvent): string {
  const hash = createHash('sha256');
  for (const { data } of event.records) hash.update(data);
  return hash.digest('hex').slice(0, 32);
}

function parse(data: string): unknown {
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

let built: TransformDeps | undefined;

function build(): TransformDeps {
  const deployment = deploymentFromEnv();
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  return {
    deployment,
    ledger: dynamoLedger(dynamo, deployment.ledgerTable),
    store: dynamoParityStore(dynamo, deployment.ledgerTable),
    emit: emfEmitter(deployment.ingressId, systemClock.now, (line) => console.log(line)),
  };
}

export const handler = (event: FirehoseTransformationEvent) => {
  built ??= build();
  return makeHandler(built)(event);
};
