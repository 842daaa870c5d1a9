/** Header fields. */
import { benign, breaking, type CatalogueEntry, noise, undecided } from './entry.ts';

export const HEADER_CAUSES = {
  'media-type': breaking('different media type', 'Set the Content-Type that stable sends.', { ofFieldForm: true }),
  'media-type-of-nothing': benign('Content-Type of an empty body', 'There is no body that it could describe.'),
  charset: benign('different charset parameter', 'JSON is UTF-8 with and without the parameter (RFC 8259).'),
  'charset-guessed': breaking(
    'no charset beside characters that are not ASCII',
    'Name the charset in Content-Type, or in a `meta` element: browsers guess, and show `Ã¤` for `ä`.',
  ),
  'error-as-text': breaking('JSON error sent as text/plain', 'Set Content-Type, and write the error as JSON.', {
    ofFieldForm: true,
  }),
  'validator-kind': undecided(
    'different kind of ETag',
    'Without an ETag clients get no 304s; with a new one they begin to send it back. Send the kind that stable sends.',
    { ofFieldForm: true },
  ),
  'header-case': benign('field name in another case', 'Field names are case-insensitive (RFC 9110, 5.1).'),
  'server-identity': noise('name of the server or of a proxy', 'Any two servers differ here.'),
  'content-length': benign('Content-Length for HEAD, or another one', 'It follows from body and framing.'),
  'head-length': undecided(
    'different Content-Length for HEAD',
    'Downloaders trust the length that HEAD announces; announce the length of the body of GET.',
  ),
  framing: benign('chunked against Content-Length', 'HTTP/1.1 clients read both (RFC 9112, 6).'),
  'content-encoding': benign('compressed or not', 'The content is the same after decoding.'),
  'coding-refused': breaking(
    'a coding that the client does not accept',
    'Encode only as the Accept-Encoding of the request allows (RFC 9110, 12.5.3): this client cannot read the answer.',
  ),
  'body-digest': undecided(
    'a digest of different bytes',
    'The bodies differ in bytes, so their digests must differ, too: check that the digest is computed over the bytes as they are sent, and add a rule.',
  ),
  'cookie-format': benign(
    'same cookie, written differently',
    'Name, value and attributes are the same after parsing (RFC 6265).',
  ),
  'cookie-value': breaking('different cookie', 'Set the same cookies with the same attributes.'),
  'cookie-path': undecided(
    'the path of a cookie that browsers take by themselves',
    'Without Path browsers take the folder of the URL that they asked, which is the Path of the other side as long as nothing before the service cuts the path short. Send the Path that stable sends, or add a rule if nothing does.',
    { formerly: 'cookie-value' },
  ),
  'cookie-encoding': breaking('cookie value escaped differently', 'Escape cookie values as stable does.'),
  'validator-value': undecided(
    'different ETag or Last-Modified',
    'A client that moves to the other side gets a full answer instead of a 304, and 412 for If-Match; derive both from the same data.',
  ),
  'signed-body': breaking(
    'different digest or signature of the body',
    'The body is signed: send the same bytes as stable, including white space, key order and escapes.',
  ),
  location: breaking('redirect to a different place', 'Send the Location that the stable side sends.'),
  'location-form': benign('Location absolute or relative', 'Both lead to the same place (RFC 9110, 10.2.2).'),
  cors: breaking(
    'different CORS answer',
    'Browsers refuse the answer to scripts; send the same Access-Control fields.',
  ),
  'cors-unasked': undecided(
    'no CORS answer, and no Origin in the request',
    'No browser reads these fields where the request names no Origin, and many servers send them only where it does: send it again with one (`contract --header "Origin: https://app.example"`), or add a rule.',
  ),
  'cors-wider': benign(
    'CORS allows more',
    'Every method and field that the stable side allows is allowed; allow no more than is needed.',
  ),
  'cache-shared': breaking(
    'caches may store an answer that stable forbids to store',
    'Send `no-store` or `private` as stable does: a cache may hand one person’s answer to another.',
    { neverNoise: true },
  ),
  'cache-stale': breaking(
    'caches no longer revalidate',
    'Stable makes caches revalidate the answer before each use; with this lifetime clients get old answers. Send the Cache-Control of stable.',
  ),
  'cache-lifetime': undecided(
    'different lifetime in caches',
    'A shorter lifetime costs requests, a longer one shows old answers; decide which one is right, or send that of stable.',
  ),
  'vary-missing': breaking(
    'caches may confuse two answers',
    'Name in Vary every field of the request that the answer depends on, as stable does.',
    { neverNoise: true },
  ),
  disposition: breaking(
    'saved instead of shown, or shown instead of saved',
    'Send `attachment` where stable does, and nowhere else.',
  ),
  challenge: breaking(
    'different way to log in',
    'Clients answer only a challenge whose scheme they know; send that of stable.',
  ),
  'page-link': breaking(
    'link to a different page',
    'Clients go from page to page by `next`, `prev`, `first` and `last`; link where stable links.',
  ),
  'method-lost': breaking('a method is no longer allowed', 'Allow the methods that stable allows.'),
  'call-status': breaking('different status of a gRPC call', 'End the call with the grpc-status that stable sends.', {
    ofFieldForm: true,
  }),
  subprotocol: breaking(
    'different WebSocket subprotocol',
    'Choose the protocol that stable chooses among those that the client offers.',
    { ofFieldForm: true },
  ),
  'content-range': breaking('different range', 'Clients assemble parts by Content-Range; send that of stable.'),
  'site-data-kept': breaking(
    'Clear-Site-Data is missing',
    'Send the field: without it, a logout leaves data in the browser that stable clears.',
    {
      neverNoise: true,
    },
  ),
  'protection-missing': undecided(
    'a browser protection is missing',
    'No client fails without it, but browsers protect users less; send it, or add a rule if a proxy in front of the service adds it.',
    { neverNoise: true },
  ),
  'header-wider': benign('field with additional members', 'Every member that stable sends is there.'),
  'header-unread': benign(
    'field without effect here',
    'By its standard, this answer means the same to clients with and without it.',
  ),
  'header-format': benign(
    'same field, written differently',
    'The members are the same; their order and spacing mean nothing.',
  ),
  'header-malformed': breaking(
    'a value that the field cannot have',
    'Clients that parse the field find nothing in it, or fail; send the form that its standard defines.',
    { formerly: 'header-value' },
  ),
  'header-missing': undecided('field missing', 'Send the field, or add a rule if no client reads it.', {
    neverNoise: true,
  }),
  'header-added': undecided('field added', 'Leave the field out, or add a rule if no client reads it.'),
  'header-value': undecided('different field value', 'Send the same value, or add a rule if no client reads it.'),
} satisfies Readonly<Record<string, CatalogueEntry>>;
