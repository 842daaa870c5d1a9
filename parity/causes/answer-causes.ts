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
  status: breaking('different status', 'Answer with the status that the stable side sends.'),
  'stable-failed': breaking(
    'stable failed, the candidate did not',
    'An error of stable is no reference. If stable failed by chance, control answers show that; if it always fails here, decide whether clients may get an answer instead, and add a rule for this cause.',
  ),
  'redirect-status': undecided(
    'different status of a redirect with the same effect',
    'Clients send this method to the same place for both codes, except old ones that do not know 308 and those that read the code. Send the code of stable.',
  ),
  'redirect-followed': benign(
    'a different redirect status that a browser follows in the same way',
    'The request has Sec-Fetch-Mode, which only browsers send. They follow both codes to the same place, and no script sees the code.',
  ),
  'range-answered': undecided(
    'a part where stable sends the whole',
    'The client requested this range, and stable sends the whole. Clients that request ranges accept both; check that the parts fit together, or ignore Range as stable does.',
  ),
  'path-cleaning-redirect': breaking(
    'redirect to a cleaned path',
    'Answer `//` and `..` in a path as stable does, without a redirect.',
  ),
  'trailing-slash': breaking(
    'redirect for a trailing slash',
    'Answer the path with and without its trailing slash as stable does.',
  ),
  'path-case': breaking('path matched by case', 'Match the case of paths as stable does.'),
  'index-redirect': breaking('redirect away from index.html', 'Serve `/index.html` as stable does.'),
  'marshal-error': breaking(
    'a value that cannot be marshalled',
    'Make the value serialisable: writing the answer failed, and the body names the field.',
  ),
  'method-not-allowed': undecided(
    '404 or 405 for a method that is not served',
    '405 with Allow is the more precise answer; decide which one clients should see.',
  ),
  'options-default': undecided('OPTIONS answered by default', 'Register a handler for OPTIONS if clients use it.'),
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
  'query-repeated': breaking('repeated query key', 'Read a repeated parameter as stable does.'),
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
    'The bodies have little in common; compare one sample by hand.',
    { neverNoise: true },
  ),
  'too-deep': undecided(
    'nested too deeply',
    'Values below the depth limit are compared as bytes; compare them by hand, or flatten the body.',
    {
      ofProgram: true,
      neverNoise: true,
    },
  ),
} satisfies Readonly<Record<string, CatalogueEntry>>;
