/** Header fields. */
import { benign, breaking, type CatalogueEntry, noise, undecided } from './entry.ts';

export const HEADER_CAUSES = {
  'media-type': breaking('another media type', 'Set the Content-Type that stable sends.', { ofFieldForm: true }),
  'media-type-of-nothing': benign('Content-Type of an empty body', 'There is no body that it could describe.'),
  charset: benign('another charset parameter', 'JSON is UTF-8 with and without the parameter (RFC 8259).'),
  'charset-guessed': breaking(
    'no charset beside characters that are not ASCII',
    'Name the charset in Content-Type, or in a `meta` element: browsers guess, and show `Ã¤` for `ä`.',
  ),
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
  'cookie-path': undecided(
    'the path of a cookie that browsers take by themselves',
    'Without Path browsers take the folder of the URL that they asked, which is the Path of the other side as long as nothing before the service cuts the path short. Send the Path that stable sends, or add a rule if nothing does.',
    { formerly: 'cookie-value' },
  ),
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
  'cors-unasked': undecided(
    'no CORS answer, and no Origin in the request',
    'No browser reads these fields where the request names no Origin, and many servers send them only where it does: ask again with one (`contract --header "Origin: https://app.example"`), or add a rule.',
  ),
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
  'header-malformed': breaking(
    'a value that the field cannot have',
    'Clients that parse the field find nothing in it, or fail; send the form that its standard defines.',
    { formerly: 'header-value' },
  ),
  'header-missing': undecided('field missing', 'Send the field, or add a rule if no client reads it.', {
    neverNoise: true,
  }),
  'header-added': undecided('field added', 'Leave the field out, or add a rule if no client reads it.'),
  'header-value': undecided('another field value', 'Send the same value, or add a rule if no client reads it.'),
} satisfies Readonly<Record<string, CatalogueEntry>>;
