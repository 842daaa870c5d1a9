/** The ledger's table, as all that keep something in it call DynamoDB. Reads are strongly consistent. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { aws } from '../calls/index.ts';
import type { Item } from './item.ts';

/** Each call throws `Crossfade.Transient` for what is worth another try. */
export class LedgerTable {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #name: string;

  constructor(client: Pick<DynamoDBClient, 'send'>, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(Key: Item): Promise<Item | null> {
    const command = new GetItemCommand({ TableName: this.#name, Key, ConsistentRead: true });
    return (await aws('GetItem', () => this.#client.send(command))).Item ?? null;
  }

  /** @throws ConditionalCheckFailedException where a condition does not hold */
  async put(Item: Item, condition: Omit<PutItemCommandInput, 'TableName' | 'Item'> = {}): Promise<void> {
    const command = new PutItemCommand({ TableName: this.#name, Item, ...condition });
    await aws('PutItem', () => this.#client.send(command));
  }

  /** @returns false where the condition does not hold, and nothing was put */
  async putIf(item: Item, condition: Omit<PutItemCommandInput, 'TableName' | 'Item'>): Promise<boolean> {
    try {
      await this.put(item, condition);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /**
   * @returns the attributes that the request asks for
   * @throws ConditionalCheckFailedException where a condition does not hold
   */
  async update(Key: Item, change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<Item> {
    const command = new UpdateItemCommand({ TableName: this.#name, Key, ...change });
    return (await aws('UpdateItem', () => this.#client.send(command))).Attributes ?? {};
  }

  /**
   * All items of a partition whose sort key begins so, ordered by it. Items come whole, or with the attributes named.
   */
  async query(pk: string, prefix: string, attributes: readonly string[] = []): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
        ConsistentRead: true,
        ...(attributes.length === 0 ? {} : { ProjectionExpression: attributes.join(', ') }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await aws('Query', () => this.#client.send(command));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  }
}
