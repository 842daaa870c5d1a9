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
    'Clients find no member where they look for it; wrap the answer as stable does.',
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
  'key-renamed': breaking('same key, spelt differently', 'Spell the key as stable does.'),
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
  'duration-unit': breaking('duration in a different unit', 'Send the unit that stable sends.', { ofProgram: true }),
  'timestamp-unit': breaking('seconds for milliseconds since 1970', 'Send the unit that stable sends.', {
    ofProgram: true,
  }),
  'timestamp-as-number': breaking(
    'number for a timestamp in text, or the other way round',
    'Send the JSON type that stable sends.',
    { ofProgram: true },
  ),
  'zero-time': breaking('the zero time instead of null', 'Send null where there is no time.'),
  'timestamp-format': undecided('same instant, written differently', 'Format the time as stable does.', {
    ofProgram: true,
  }),
  'timestamp-notation': breaking(
    'same instant in a different notation',
    'A client that parses `Tue, 24 Nov 2026 08:00:00 GMT` does not parse `2026-11-24T08:00:00Z`; use the notation of stable.',
    { ofProgram: true },
  ),
  'timestamp-zone': breaking(
    'time zone on one side only',
    'A timestamp without a zone is read as local time, with `Z` as UTC: not the same instant; write the zone that stable writes.',
    { ofProgram: true },
  ),
  'timestamp-precision': undecided(
    'same instant, with a different precision',
    'Format the time to the precision of stable.',
    { ofProgram: true },
  ),
  'buffer-as-base64': breaking('Buffer object became base64', 'Agree on base64 on both sides.', { ofProgram: true }),
  'bytes-as-array': breaking('bytes as an array of numbers', 'Write bytes as stable does.', { ofProgram: true }),
  'base64-alphabet': breaking(
    'same bytes in a different base64',
    'Base64 and base64url are two alphabets, with padding or without; encode as stable does.',
    { ofProgram: true },
  ),
  'null-struct': breaking('a nullable sent as an object', 'Send the value, or null.', { ofProgram: true }),
  'lone-surrogate': breaking('lone surrogate replaced', 'Repair the text where it comes from.', {
    ofProgram: true,
  }),
  'number-value': breaking(
    'different number',
    'Compute and round the number as stable does; if it varies on its own, add an `ignore` rule.',
    { ofValue: true },
  ),
  'number-type': breaking('string for number, or number for string', 'Send the JSON type that stable sends.'),
  type: breaking('different type', 'Send the JSON type that stable sends.'),
  value: breaking(
    'different value',
    'Send the value that stable sends; if it varies on its own, add an `ignore` rule.',
    { ofValue: true },
  ),
  format: breaking(
    'different format where the value may vary',
    'A rule or noise allows this value to vary, but not its format (a number for a UUID, for example); send the format that stable sends.',
    { ofFieldForm: true },
  ),
  'array-length': breaking(
    'element missing or added',
    'Send the elements that stable sends; the location shows where they differ.',
  ),
  'array-order': breaking('same elements in a different order', 'Sort before writing, or add an `unordered` rule.', {
    ofValue: true,
  }),
  'pair-order': undecided(
    'named members in a different order',
    'Clients usually look such members up by name; sort them, or add an `unordered` rule.',
    { ofValue: true },
  ),
  'duplicate-key': breaking('duplicate key', 'Parsers disagree on which one counts; send it once.'),
  // JSON: the same value, written otherwise
  'float-for-integer': undecided(
    'a float where the other side has an integer',
    'Typed readers refuse a float for an integer; write the type that stable writes.',
    { ofProgram: true, ofText: true },
  ),
  'default-presence': undecided(
    'a field with its default value on one side only',
    'Most readers treat a missing field as its default; readers that check for its presence do not. The schema shows which kind yours are.',
    { ofProgram: true },
  ),
  'json-in-text': undecided(
    'text that contains the same JSON, written differently',
    'Clients that parse the text read the same; those that hash, sign or compare it do not. Write it as stable does.',
    { ofValue: true, ofProgram: true },
  ),
  'query-order': undecided(
    'same URL with its query written differently',
    'Nearly every service reads the pairs by their names, and `+` as `%20`; write them as stable does, or add a rule.',
    { ofValue: true, ofProgram: true },
  ),
  'own-value': undecided(
    'value that each side generates',
    'Tokens, sessions and ids of one exchange differ in every answer, so this is no fault of the candidate by itself: let control answers (noise) or a rule excuse it, or `take` it in a flow.',
    { ofValue: true },
  ),
  'answer-time': benign('time of the answer', 'Each side states when it answered, in agreement with its own Date.', {
    ofValue: true,
  }),
  'number-format': benign('same number, written differently', 'Equal as numbers: 1e21 and 1e+21, 100 and 100.0.', {
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
  'string-escape': benign('same text, escaped differently', 'Equal after parsing.', { ofProgram: true }),
  'key-order': benign('keys in a different order', 'Objects are unordered (RFC 8259).', { ofProgram: true }),
  'trailing-newline': benign('trailing newline', 'A client that parses the body ignores it.', {
    ofProgram: true,
  }),
  'white-space': benign('different white space', 'Insignificant in JSON.', { ofProgram: true }),
} satisfies Readonly<Record<string, CatalogueEntry>>;
