/** Bodies that are not JSON. */
import { benign, breaking, type CatalogueEntry, undecided } from './entry.ts';

export const BODY_CAUSES = {
  'not-found-body': breaking('different 404 page', 'Write the body that stable sends.', {
    ofProgram: true,
    ofText: true,
  }),
  'redirect-body': benign('different body of a redirect', 'Clients follow Location; nobody reads the body.', {
    ofProgram: true,
  }),
  'error-body': breaking(
    'different error page',
    'Clients read the body of an error; write the one that stable sends.',
    {
      ofProgram: true,
    },
  ),
  'error-page': undecided(
    'different HTML error page',
    'People read the page, programs the status; decide whether the wording matters.',
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
    'The error of stable has no body; leave it out, or accept the additional explanation by a rule.',
    {
      ofProgram: true,
      ofText: true,
    },
  ),
  'text-value': breaking(
    'different text',
    'Write the text that stable writes; if it varies on its own, add an `ignore` rule.',
    {
      ofValue: true,
      ofText: true,
      ofWording: true,
    },
  ),
  'markup-value': breaking(
    'different markup',
    'Write the markup that stable writes; if it varies on its own, add an `ignore` rule.',
    {
      ofValue: true,
      ofText: true,
      ofWording: true,
    },
  ),
  'form-value': breaking('different form value', 'Send the value that stable sends for this field.', {
    ofValue: true,
    ofText: true,
  }),
  'part-value': breaking('different part', 'Send the part that stable sends; the location names it.', { ofText: true }),
  'line-order': breaking('same lines in a different order', 'Write the lines in the order of stable.', {
    ofWording: true,
  }),
  'element-order': undecided(
    'XML elements in a different order',
    'Parsers that look elements up by name do not mind, but a schema with xs:sequence does; write them in the order of stable.',
    { ofProgram: true },
  ),
  'markup-format': benign(
    'same document, written differently',
    'Only white space between tags, order or quoting of attributes, or character references differ.',
    { ofProgram: true },
  ),
  'part-boundary': benign('different boundary', 'The parts are equal; the boundary is chosen at random.', {
    ofProgram: true,
  }),
  'line-ending': benign('different line endings', 'One side ends lines with CRLF, the other with LF.', {
    ofProgram: true,
  }),
  'body-bytes': breaking(
    'different bytes',
    'The format is unknown, so the bodies are compared byte by byte: send the same bytes, or add a rule.',
    {
      ofText: true,
      ofWording: true,
    },
  ),
  recompressed: undecided(
    'same content, compressed otherwise',
    'A program that unpacks it sees no difference, one that checks its digest does; compress it as stable does, or accept it by a rule.',
    { ofProgram: true, ofText: true },
  ),
  'malformed-json': breaking(
    'not the JSON it claims to be',
    'One side sends JSON that no parser accepts; correct it there, or send the right Content-Type.',
    {
      neverNoise: true,
    },
  ),
  'malformed-xml': breaking(
    'not the XML it claims to be',
    'The XML of one side is not well-formed; escape its text and close its elements.',
    {
      neverNoise: true,
    },
  ),
  'undecodable-content': breaking(
    'cannot be decoded',
    'Encode the body with the coding that Content-Encoding names, or leave the field out.',
    { neverNoise: true },
  ),
} satisfies Readonly<Record<string, CatalogueEntry>>;
