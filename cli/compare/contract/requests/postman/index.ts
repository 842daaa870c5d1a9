/** Parts of a Postman collection: its schema, its logins, generated values, and what its scripts take from answers. */
export { type Login, loginInUrl, loginOf } from './auth.ts';
export { enabled, enabledPairs, type PostmanRequest, postmanCollectionSchema, postmanItemSchema } from './schema.ts';
export { type PostmanScripts, scriptsOf } from './scripts.ts';
export { madeUp } from './values.ts';
