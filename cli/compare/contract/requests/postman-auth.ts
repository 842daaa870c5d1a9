/** How a Postman collection, folder or request logs in: the types that need no exchange before. */
import * as z from 'zod';

const valueSchema = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** Version 2.1 lists what version 2.0 holds as members. */
const detailsSchema = z.union([
  z
    .array(z.looseObject({ key: z.string(), value: valueSchema.nullish() }))
    .transform((list) => new Map(list.map(({ key, value }) => [key, value ?? '']))),
  z.record(z.string(), z.unknown()).transform((members) => {
    const texts = Object.entries(members).map(
      ([key, value]) => [key, valueSchema.safeParse(value).data ?? ''] as const,
    );
    return new Map(texts);
  }),
]);
const authSchema = z.looseObject({ type: z.string() });

export interface Login {
  readonly header?: readonly [name: string, value: string];
  /** The key would stand in the query, and so in every output. */
  readonly inQuery?: true;
}

/** null: what stands around it holds. Other types than bearer, basic and apikey log nobody in. */
export function loginOf(auth: unknown): Login | null {
  const parsed = authSchema.safeParse(auth);
  if (!parsed.success) return null;
  const details = detailsSchema.safeParse(parsed.data[parsed.data.type]).data;
  const of = (key: string) => details?.get(key) ?? '';
  switch (parsed.data.type) {
    case 'bearer':
      return { header: ['Authorization', `Bearer ${of('token')}`] };
    case 'basic':
      return {
        header: ['Authorization', `Basic ${Buffer.from(`${of('username')}:${of('password')}`).toString('base64')}`],
      };
    case 'apikey':
      return of('in') === 'query' ? { inQuery: true } : { header: [of('key'), of('value')] };
    default:
      return {};
  }
}
