/** The parts of a Postman collection that are read (https://schema.postman.com/, v2.0 and v2.1). */
import * as z from 'zod';

const pairSchema = z
  .looseObject({
    key: z.string().nullish(),
    value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
    disabled: z.boolean().nullish(),
    type: z.unknown().optional(),
    contentType: z.string().nullish().catch(null),
  })
  .transform((pair) => ({ ...pair, value: String(pair.value ?? ''), isFlag: pair.value === null }));
export type PostmanPairs = z.infer<typeof pairs>;
const pairs = z.array(pairSchema).nullish().catch(null);
/** Version 2.0 may contain header fields as text. */
const fields = z.union([z.string().transform(fieldsOfText), pairs]);

const partsSchema = z.union([z.string().transform((text) => [text]), z.array(z.unknown().transform(segmentOf))]);
/** `raw` may be missing if the parts of the URL are present. */
const urlSchema = z.union([
  z.string().transform((raw) => ({ raw, variable: null })),
  z
    .looseObject({
      raw: z.string().optional(),
      host: partsSchema.optional(),
      path: partsSchema.optional(),
      query: pairs,
      variable: pairs,
    })
    .transform(({ raw, host = [], path = [], query, variable }) => {
      const written = raw ?? `${host.join('.')}/${path.join('/')}`;
      // A parameter that is disabled in the list may still be present in the text.
      return { raw: query == null ? written : `${written.replace(/[?#].*$/s, '')}${queryOf(query)}`, variable };
    }),
]);
const bodySchema = z.looseObject({
  mode: z.string().nullish(),
  disabled: z.boolean().nullish(),
  raw: z.string().nullish(),
  urlencoded: pairs,
  formdata: pairs,
  graphql: z
    .looseObject({ query: z.string(), variables: z.unknown(), operationName: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
  options: z
    .looseObject({ raw: z.looseObject({ language: z.string() }).optional() })
    .nullish()
    .catch(null),
});
const requestSchema = z.looseObject({
  method: z
    .string()
    .default('GET')
    .transform((method) => (method === '' ? 'GET' : method)),
  url: urlSchema,
  auth: z.unknown().optional(),
  header: fields,
  body: bodySchema.nullish(),
});
const behaviourSchema = z.looseObject({ disableBodyPruning: z.boolean().optional() }).nullish().catch(null);
export const postmanItemSchema = z.looseObject({
  event: z.unknown().optional(),
  name: z.string().default(''),
  auth: z.unknown().optional(),
  protocolProfileBehavior: behaviourSchema,
  item: z.array(z.unknown()).optional(),
  request: z.union([requestSchema, z.string().transform((url) => requestSchema.parse({ url }))]).optional(),
});
export const postmanCollectionSchema = z.looseObject({
  event: z.unknown().optional(),
  item: z.array(z.unknown()),
  variable: pairs,
  auth: z.unknown().optional(),
  protocolProfileBehavior: behaviourSchema,
});
export type PostmanRequest = z.infer<typeof requestSchema>;

function fieldsOfText(text: string): { key: string; value: string; isFlag: false }[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at < 1 ? [] : [{ key: line.slice(0, at).trim(), value: line.slice(at + 1).trim(), isFlag: false }];
  });
}

/** A segment may be an object. */
function segmentOf(segment: unknown): string {
  return z
    .union([z.string(), z.looseObject({ value: z.string() }).transform(({ value }) => value)])
    .catch('')
    .parse(segment);
}

function queryOf(query: PostmanPairs): string {
  const written = (query ?? []).flatMap(({ key, value, disabled, isFlag }) =>
    key == null || disabled === true ? [] : [isFlag ? key : `${key}=${value}`],
  );
  return written.length === 0 ? '' : `?${written.join('&')}`;
}

/** Pairs that have a name and are not disabled. */
export function enabledPairs(list: PostmanPairs) {
  return (list ?? []).flatMap(({ key, disabled, ...pair }) =>
    key == null || key === '' || disabled === true ? [] : [{ ...pair, key }],
  );
}

/** Names and values of the enabled pairs. */
export function enabled(list: PostmanPairs): [string, string][] {
  return enabledPairs(list).map(({ key, value }) => [key, value]);
}
