/** Bodies that are not JSON. */
import { benign, breaking, type CatalogueEntry, undecided } from './entry.ts';

export const BODY_CAUSES = {
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
  'body-missing': breaking('empty body', 'Stable sends a body here; send it.', { neverNoise: true, ofText: true }),
  'body-unexpected': breaking('a body where stable sends none', 'Clients expect nothing here; send no body.', {
    neverNoise: true,
    ofText: true,
    formerly: 'body-missing',
  }),
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
} satisfies Readonly<Record<string, CatalogueEntry>>;
