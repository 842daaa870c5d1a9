/**
 * The causes: every known way in which a rewrite's answer differs from the original's. A cause's id is stable, because
 * it appears in stored verdicts, rules and reports. Advice that applies to one server only is a hint (hints.ts).
 * docs/reference/causes.md lists the causes.
 */
import type { Severity } from './severity.ts';

export interface CatalogueEntry {
  /** Applies unless a rule says otherwise. */
  readonly severity: Severity;
  readonly title: string;
  /** What a developer should change or know. */
  readonly advice: string;
  /**
   * Only means that one value was replaced by another of the same type. An `ignore` rule or noise at that place excuses
   * it.
   */
  readonly ofValue?: boolean;
  /** For a header field that both sides send: concerns more than the value, which alone may vary. */
  readonly ofFieldForm?: boolean;
  /**
   * Never excused by variation of the stable side: something was lost, was not compared, or must not happen even by
   * chance.
   */
  readonly neverNoise?: boolean;
  /** Excerpts are text, not JSON. */
  readonly ofText?: boolean;
  /** Shows a single setting or habit of the program, wherever it occurs, so all its places are one piece of work. */
  readonly ofProgram?: boolean;
  /** On an error page, only the wording differs. */
  readonly ofWording?: boolean;
}

type Traits = Omit<CatalogueEntry, 'severity' | 'title' | 'advice'>;

const breaking = (title: string, advice: string, traits: Traits = {}): CatalogueEntry => ({
  severity: 'breaking',
  title,
  advice,
  ...traits,
});
const benign = (title: string, advice: string, traits: Traits = {}): CatalogueEntry => ({
  severity: 'benign',
  title,
  advice,
  ...traits,
});
const noise = (title: string, advice: string, traits: Traits = {}): CatalogueEntry => ({
  severity: 'noise',
  title,
  advice,
  ...traits,
});
const undecided = (title: string, advice: string, traits: Traits = {}): CatalogueEntry => ({
  severity: 'undecided',
  title,
  advice,
  ...traits,
});

export const CATALOGUE = {
  // The answer as a whole
  'no-answer': breaking('no answer', 'The candidate gave no answer; look for its logs under the same request id.', {
    neverNoise: true,
  }),
  'crash-closes-connection': breaking(
    'a crash closes the connection',
    'Catch the crash, and answer 500 as stable does.',
    { neverNoise: true },
  ),
  // Status
  status: breaking('another status', 'Answer with the status that the stable side sends.'),
  'path-cleaning-redirect': breaking(
    'redirect to a cleaned path',
    'Answer `//` and `..` in a path as stable does, without a redirect.',
  ),
  'trailing-slash': breaking(
    'redirect for a trailing slash',
    'Answer the path with and without its last slash as stable does.',
  ),
  'path-case': breaking('path matched by case', 'Match the case of paths as stable does.'),
  'index-redirect': breaking('redirect away from index.html', 'Serve `/index.html` as stable does.'),
  'marshal-error': breaking(
    'a value that cannot be marshalled',
    'Writing the answer failed where it does not on stable; the body names the field.',
  ),
  'method-not-allowed': undecided(
    '404 or 405 for a method that is not served',
    '405 with Allow is the more precise answer; decide which one clients shall see.',
  ),
  'options-default': undecided('OPTIONS answered by default', 'Register a handler for OPTIONS if clients ask.'),
  'preflight-refused': breaking(
    'CORS preflight refused',
    'Browsers send no request after a refused preflight; answer OPTIONS with the Access-Control fields of stable.',
  ),
  'head-not-routed': breaking('HEAD not answered', 'Answer HEAD as GET, without the body.'),
  'query-pair-dropped': breaking('a query pair was dropped', 'Read pairs with `;` or a bad escape as stable does.'),
  'query-nesting': breaking(
    'nested query keys',
    'Read brackets in the names of parameters as stable does, where the API documents them.',
  ),
  'query-repeated': breaking('a query key stands twice', 'Read a parameter that stands twice as stable does.'),
  'request-body-validity': breaking('request body accepted by one side only', 'Refuse and accept the same bodies.'),
  'request-media-type': breaking(
    'request body read whatever its media type',
    'Check Content-Type before decoding, as stable does.',
  ),
  'request-key-case': undecided(
    'request keys matched whatever their case',
    'Match the case of keys as stable does, or accept the difference.',
  ),
  // Headers
  'media-type': breaking('another media type', 'Set the Content-Type that stable sends.', { ofFieldForm: true }),
  'media-type-of-nothing': benign('Content-Type of an empty body', 'There is no body that it could describe.'),
  charset: benign('another charset parameter', 'JSON is UTF-8 with and without the parameter (RFC 8259).'),
  'error-as-text': breaking('JSON error sent as text/plain', 'Set Content-Type, and write the error as JSON.', {
    ofFieldForm: true,
  }),
  'validator-kind': undecided(
    'another kind of ETag',
    'Clients lose their 304s where an ETag goes; where one comes, they send it back.',
    { ofFieldForm: true },
  ),
  'header-case': benign('field name in another case', 'Field names are case-insensitive (RFC 9110, 5.1).'),
  'server-identity': noise('names the server or the hop', 'Differs between any two servers.'),
  'content-length': benign('Content-Length for HEAD, or another one', 'Follows from body and framing.'),
  'head-length': undecided(
    'another Content-Length for HEAD',
    'Downloaders trust the length that HEAD announces; announce that of the body that GET sends.',
  ),
  framing: benign('chunked against Content-Length', 'HTTP/1.1 clients read both (RFC 9112, 6).'),
  'content-encoding': benign('compressed or not', 'Same content after decoding.'),
  'coding-refused': breaking(
    'a coding that the client does not take',
    'Encode only as the Accept-Encoding of the request allows (RFC 9110, 12.5.3): this client cannot read the answer.',
  ),
  'body-digest': undecided(
    'a digest of other bytes',
    'The bytes of the bodies differ, and so must a digest of them: see that it is made of the bytes as they are sent, and add a rule.',
  ),
  'cookie-format': benign(
    'same cookie, written otherwise',
    'Same name, value and attributes after parsing (RFC 6265).',
  ),
  'cookie-value': breaking('another cookie', 'Set the same cookies with the same attributes.'),
  'cookie-encoding': breaking('cookie value escaped otherwise', 'Escape cookie values as stable does.'),
  'validator-value': undecided(
    'another ETag or Last-Modified',
    'A client that is sent to the other side gets a full answer, and 412 for If-Match; derive both from the same data.',
  ),
  'signed-body': breaking(
    'another digest or signature of the body',
    'The body is signed, so its bytes must be the same: no other white space, key order or escapes.',
  ),
  location: breaking('redirect to another place', 'Send the Location that the stable side sends.'),
  'location-form': benign('Location absolute or relative', 'Both lead to the same place (RFC 9110, 10.2.2).'),
  cors: breaking('another CORS answer', 'Browsers refuse the answer to scripts; send the same Access-Control fields.'),
  'cors-wider': benign(
    'CORS allows more',
    'Every method and field that the stable side allows is allowed; allow no more than is needed.',
  ),
  'cache-shared': breaking(
    'caches may keep what they might not',
    'Send `no-store` or `private` as stable does: a cache may hand one person’s answer to another.',
    { neverNoise: true },
  ),
  'cache-stale': breaking(
    'caches need not ask any more',
    'Stable has every use of the answer confirmed; with this lifetime clients get old answers. Send the Cache-Control of stable.',
  ),
  'cache-lifetime': undecided(
    'kept by caches for another time',
    'Shorter or none costs requests, longer shows old answers; decide which clients and caches shall have.',
  ),
  'vary-missing': breaking(
    'caches take one answer for another',
    'Name in Vary every field of the request that the answer depends on, as stable does.',
    { neverNoise: true },
  ),
  disposition: breaking(
    'saved instead of shown, or shown instead of saved',
    'Send `attachment` where stable does, and nowhere else.',
  ),
  challenge: breaking(
    'another way to log in',
    'Clients answer a challenge whose scheme they know; send that of stable.',
  ),
  'page-link': breaking(
    'link to another page',
    'Clients go from page to page by `next`, `prev`, `first` and `last`; link where stable links.',
  ),
  'method-lost': breaking('a method is not allowed any more', 'Allow the methods that stable allows.'),
  'call-status': breaking('another status of a call of gRPC', 'End the call with the grpc-status that stable sends.', {
    ofFieldForm: true,
  }),
  subprotocol: breaking(
    'another protocol of a WebSocket',
    'Choose the protocol that stable chooses among those that the client offers.',
    { ofFieldForm: true },
  ),
  'content-range': breaking('another range', 'Clients put parts together by Content-Range; send that of stable.'),
  'site-data-kept': breaking(
    'Clear-Site-Data goes',
    'A logout leaves in the browser what stable clears; send the field.',
    {
      neverNoise: true,
    },
  ),
  'protection-missing': undecided(
    'a protection of browsers goes',
    'No client fails without it, and browsers protect less; send it, or add a rule if something before the service does.',
    { neverNoise: true },
  ),
  'header-wider': benign('field that says as much, and more', 'Every member that stable sends is there.'),
  'header-unread': benign(
    'field that says nothing here',
    'By its standard, readers take from this answer what they took before.',
  ),
  'header-format': benign('same field, written otherwise', 'Same members: their order or spacing means nothing.'),
  'header-missing': undecided('field missing', 'Send the field, or add a rule if no client reads it.', {
    neverNoise: true,
  }),
  'header-added': undecided('field added', 'Leave the field out, or add a rule if no client reads it.'),
  'header-value': undecided('another field value', 'Send the same value, or add a rule if no client reads it.'),
  // JSON: one value for another
  'null-for-empty-array': breaking('`[]` became null', 'Send an empty array.', { ofProgram: true }),
  'null-for-empty-object': breaking('`{}` became null', 'Send an empty object.', { ofProgram: true }),
  'key-missing': breaking('key missing', 'Send the key.', {
    neverNoise: true,
  }),
  'key-added': breaking('key added', 'Leave the key out.'),
  envelope: breaking(
    'an envelope on one side only',
    'Clients look for each member one level away; wrap the answer as stable does.',
    { ofProgram: true, neverNoise: true },
  ),
  'zero-value-omitted': breaking('zero value left out', 'Send the empty value.', { ofProgram: true, neverNoise: true }),
  'zero-value-added': breaking('zero value where stable sends no key', 'Leave the key out where there is no value.', {
    ofProgram: true,
  }),
  'null-added': breaking('null where stable sends no key', 'Leave the key out where there is no value.', {
    ofProgram: true,
  }),
  'null-omitted': breaking('null left out', 'Send null: a client may look for the key.', {
    ofProgram: true,
    neverNoise: true,
  }),
  'key-renamed': breaking('same key, spelt otherwise', 'Give the key the name that stable sends.'),
  'zero-for-null': breaking('zero value for null', 'Keep null as null.'),
  'null-for-zero': breaking('null for a zero value', 'Send the value.'),
  'integer-precision': breaking('integer beyond 2^53', 'Send such ids as strings on both sides.', {
    ofProgram: true,
    ofValue: true,
  }),
  'float-rounding': undecided('last digits of a float', 'Round on both sides before writing.', {
    ofProgram: true,
    ofValue: true,
  }),
  'float32-precision': breaking('rounded to 32 bits', 'Use 64 bits.', {
    ofProgram: true,
    ofValue: true,
  }),
  'not-a-number': breaking('NaN or Infinity', 'Check for NaN and Infinity before writing.', {
    ofProgram: true,
    neverNoise: true,
  }),
  'duration-unit': breaking('duration in another unit', 'Send the unit that stable sends.', { ofProgram: true }),
  'timestamp-unit': breaking('seconds for milliseconds since 1970', 'Send the unit that stable sends.', {
    ofProgram: true,
  }),
  'timestamp-as-number': breaking(
    'number for a timestamp in text, or the other way round',
    'Send the JSON type that stable sends.',
    { ofProgram: true },
  ),
  'zero-time': breaking('the zero time instead of null', 'Send null where there is no time.'),
  'timestamp-format': undecided('same instant, written otherwise', 'Format the time as stable does.', {
    ofProgram: true,
  }),
  'timestamp-zone': breaking(
    'time zone on one side only',
    'A timestamp without a zone is read as local time, with `Z` as UTC: not the same instant; write the zone that stable writes.',
    { ofProgram: true },
  ),
  'timestamp-precision': undecided(
    'same instant, to another precision',
    'Format the time to the precision of stable.',
    { ofProgram: true },
  ),
  'buffer-as-base64': breaking('Buffer object became base64', 'Agree on base64 on both sides.', { ofProgram: true }),
  'bytes-as-array': breaking('bytes as an array of numbers', 'Write bytes as stable does.', { ofProgram: true }),
  'base64-alphabet': breaking(
    'same bytes in another base64',
    'Base64 and base64url are two alphabets, with padding or without; encode as stable does.',
    { ofProgram: true },
  ),
  'null-struct': breaking('a nullable sent as an object', 'Send the value, or null.', { ofProgram: true }),
  'lone-surrogate': breaking('lone surrogate replaced', 'Repair the text where it comes from.', {
    ofProgram: true,
  }),
  'number-value': breaking('another number', 'Same type, other value.', { ofValue: true }),
  'number-type': breaking('string for number, or number for string', 'Send the JSON type that stable sends.'),
  type: breaking('another type', 'Send the JSON type that stable sends.'),
  value: breaking('another value', 'Same type, other value.', { ofValue: true }),
  format: breaking(
    'another format where the value may vary',
    'A rule or noise lets this value vary, but not from a UUID to a number in text, say; send the format that stable sends.',
    { ofFieldForm: true },
  ),
  'array-length': breaking('element missing or added', 'Send the elements that stable sends; the place is named.'),
  'array-order': breaking('same elements in another order', 'Sort before writing, or rule the array unordered.', {
    ofValue: true,
  }),
  'pair-order': undecided(
    'names with their values in another order',
    'Clients look such members up by their names; sort them, or rule the array unordered.',
    { ofValue: true },
  ),
  'duplicate-key': breaking('a key stands twice', 'Parsers disagree on which one counts; send it once.'),
  // JSON: the same value, written otherwise
  'float-for-integer': undecided(
    'a float where the other side has an integer',
    'Typed readers refuse a float for an integer; write the type that stable writes.',
    { ofProgram: true, ofText: true },
  ),
  'default-presence': undecided(
    'a field with its default value on one side only',
    'Readers take the default for a field that is not there, but those that ask whether it is there; the schema says which.',
    { ofProgram: true },
  ),
  'json-in-text': undecided(
    'a text that holds the same JSON, written otherwise',
    'Clients that parse the text read the same; those that hash, sign or compare it do not. Write it as stable does.',
    { ofValue: true, ofProgram: true },
  ),
  'query-order': undecided(
    'the same URL, its query written otherwise',
    'Nearly every service reads the pairs by their names, and `+` as `%20`; write them as stable does, or add a rule.',
    { ofValue: true, ofProgram: true },
  ),
  'own-value': undecided(
    'a value that each side makes anew',
    'Tokens, sessions and ids of one exchange are others in every answer, so that this says nothing of the candidate: let control answers (noise) or a rule excuse it, or take it under one name in a flow.',
    { ofValue: true },
  ),
  'answer-time': benign(
    'the moment of the answer',
    'Each side names the moment at which it answered, by its own Date.',
    {
      ofValue: true,
    },
  ),
  'number-format': benign('same number, written otherwise', 'Equal as numbers: 1e21 and 1e+21, 100 and 100.0.', {
    ofProgram: true,
  }),
  'number-exponent': undecided(
    'integer written with an exponent',
    'Typed clients refuse 1e+06 for an integer; write it in digits.',
    { ofProgram: true },
  ),
  'negative-zero': benign('-0', 'Equal as numbers.', { ofProgram: true }),
  'html-escape': benign(
    'escaped <, >, &, U+2028',
    'Equal after parsing; escape alike if bodies are signed or compared as bytes.',
    {
      ofProgram: true,
    },
  ),
  'string-escape': benign('same text, escaped otherwise', 'Equal after parsing.', { ofProgram: true }),
  'key-order': benign('keys in another order', 'Objects are unordered (RFC 8259).', { ofProgram: true }),
  'trailing-newline': benign('trailing newline', 'It means nothing to a client that parses.', {
    ofProgram: true,
  }),
  'white-space': benign('other white space', 'Insignificant in JSON.', { ofProgram: true }),
  // Bodies that are not JSON
  'not-found-body': breaking('another 404 page', 'Write the body that stable sends.', {
    ofProgram: true,
    ofText: true,
  }),
  'redirect-body': benign('different body of a redirect', 'Clients follow Location; nobody reads the body.', {
    ofProgram: true,
  }),
  'error-body': breaking('another error page', 'Clients read the body of an error; write the one that stable sends.', {
    ofProgram: true,
  }),
  'error-page': undecided(
    'another HTML error page',
    'People read it and programs go by the status; decide whether the wording matters.',
    { ofProgram: true },
  ),
  'body-missing': breaking('empty body', 'One side sends a body, the other none.', { neverNoise: true, ofText: true }),
  'body-added': undecided(
    'error with a body',
    'The error of stable has none; leave it out, or accept that this one says why.',
    {
      ofProgram: true,
      ofText: true,
    },
  ),
  'text-value': breaking('another text', 'The texts differ at the place named.', {
    ofValue: true,
    ofText: true,
    ofWording: true,
  }),
  'markup-value': breaking('other markup', 'The documents differ at the place named.', {
    ofValue: true,
    ofText: true,
    ofWording: true,
  }),
  'form-value': breaking('another form value', 'Same field, other value.', { ofValue: true, ofText: true }),
  'part-value': breaking('another part', 'The multipart bodies differ in the part named.', { ofText: true }),
  'line-order': breaking('same lines in another order', 'Write the lines in one order.', {
    ofWording: true,
  }),
  'element-order': undecided(
    'XML elements in another order',
    'Parsers that look for names do not mind, and a schema with xs:sequence does; write them in the order of stable.',
    { ofProgram: true },
  ),
  'markup-format': benign(
    'same document, written otherwise',
    'White space between tags, order and quoting of attributes, character references.',
    { ofProgram: true },
  ),
  'part-boundary': benign('another boundary', 'Same parts; the boundary is chosen at random.', { ofProgram: true }),
  'line-ending': benign('other line endings', 'CRLF and LF.', { ofProgram: true }),
  'body-bytes': breaking('other bytes', 'Not a format that is understood; compared byte by byte.', {
    ofText: true,
    ofWording: true,
  }),
  'malformed-json': breaking('not the JSON it claims to be', 'One side sends what no JSON parser reads.', {
    neverNoise: true,
  }),
  'malformed-xml': breaking(
    'not the XML it claims to be',
    'One side sends what is not well-formed; escape and close it.',
    {
      neverNoise: true,
    },
  ),
  'undecodable-content': breaking(
    'cannot be decoded',
    'The content coding named in the header does not decode the body.',
    { neverNoise: true },
  ),
  // Limits of the comparison
  'body-uncomparable': undecided(
    'body over the capture cap',
    'Only its beginning is known, and the digests differ; raise the cap for this route.',
    { neverNoise: true },
  ),
  'too-many-differences': breaking(
    'too many differences',
    'Compare one sample by hand; the bodies have little in common.',
    { neverNoise: true },
  ),
  'too-deep': undecided('nested too deeply', 'Compared as bytes below the limit of depth.', {
    ofProgram: true,
    neverNoise: true,
  }),
} satisfies Readonly<Record<string, CatalogueEntry>>;

/** The stable id of a cause. */
export type Cause = keyof typeof CATALOGUE;

export function isCause(text: string): text is Cause {
  return Object.hasOwn(CATALOGUE, text);
}

export function entryOf(cause: Cause): CatalogueEntry {
  return CATALOGUE[cause];
}
