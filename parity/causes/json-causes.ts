/** JSON. */
import { benign, breaking, type CatalogueEntry, undecided } from './entry.ts';

export const JSON_CAUSES = {
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
  'timestamp-notation': breaking(
    'same instant in another notation',
    'What reads `Tue, 24 Nov 2026 08:00:00 GMT` does not read `2026-11-24T08:00:00Z`; write the notation that stable writes.',
    { ofProgram: true },
  ),
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
} satisfies Readonly<Record<string, CatalogueEntry>>;
