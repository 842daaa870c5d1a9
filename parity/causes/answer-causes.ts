/** The answer as a whole, its status, and what was not compared. */
import { benign, breaking, type CatalogueEntry, undecided } from './entry.ts';

export const ANSWER_CAUSES = {
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
  'stable-failed': breaking(
    'stable failed, the candidate did not',
    'An error of stable is no answer to compare with. If stable failed by chance, control answers show that; if it always fails here, decide whether clients may get an answer instead, and add a rule for this cause.',
  ),
  'redirect-status': undecided(
    'another status of a redirect that is followed alike',
    'Clients send this method to the same place for both codes; old ones do not know 308, and a client that reads the code sees another. Send the code of stable.',
  ),
  'redirect-followed': benign(
    'another status of a redirect that a browser follows alike',
    'The request has Sec-Fetch-Mode, which only browsers send. They follow both codes to the same place, and no script sees the code.',
  ),
  'range-answered': undecided(
    'a part of what stable sends whole',
    'The client asked for this range, and stable sends all. Clients that ask for ranges take both; see that the parts fit together, or ignore Range as stable does.',
  ),
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
