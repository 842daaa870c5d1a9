/** Logins of a Postman collection, folder or request, for the types that need no prior exchange. */
import * as z from 'zod';
import { basicLogin, loginIn } from '../texts/index.ts';

const valueSchema = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** Version 2.1 has a list where version 2.0 has an object. */
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
  /** Why no request can be sent with it. */
  readonly skipped?: string;
}

/** null if the enclosing folder's setting applies. @param fill replaces variables by their values */
export function loginOf(auth: unknown, fill: (text: string) => string): Login | null {
  const parsed = authSchema.safeParse(auth);
  if (!parsed.success) return null;
  const details = detailsSchema.safeParse(parsed.data[parsed.data.type]).data;
  const of = (key: string) => fill(details?.get(key) ?? '');
  switch (parsed.data.type) {
    case 'bearer':
      return { header: ['Authorization', `Bearer ${of('token')}`] };
    case 'oauth2':
      return of('addTokenTo') === 'queryParams'
        ? IN_QUERY
        : { header: ['Authorization', `Bearer ${of('accessToken')}`] };
    case 'basic':
      return { header: basicLogin(of('username'), of('password')) };
    case 'apikey':
      return of('in') === 'query' ? IN_QUERY : { header: [of('key'), of('value')] };
    case 'noauth':
      return {};
    default:
      return {
        skipped: `its login is of the type ${parsed.data.type}; set a header with --header, and the type to noauth`,
      };
  }
}

/** Name and password before the host of a URL. */
export function loginInUrl(url: string): Login | null {
  const header = loginIn(/^https?:\/\//i.test(url) ? url : `http://${url}`);
  return header === null ? null : { header };
}

const IN_QUERY: Login = { skipped: 'an API key in the query would appear in every output' };
