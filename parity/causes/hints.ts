/**
 * Additional advice for a side whose server is known: why that server's answers differ, and what to set there. Each
 * hint names the server it is about.
 */

import type { Cause } from './catalogue.ts';
import { SERVERS, type Server, type Servers } from './servers.ts';

type Hints = Partial<Record<Server, string>>;

interface SideHints {
  readonly stable?: Hints;
  readonly candidate?: Hints;
}

const HINTS: Partial<Record<Cause, SideHints>> = {
  'crash-closes-connection': {
    candidate: {
      go: 'net/http closes the connection of a handler that panics: recover in a middleware.',
      gin: 'gin.Recovery() answers so.',
      chi: 'middleware.Recoverer of chi answers so.',
      echo: 'middleware.Recover() of Echo answers so.',
      fiber: 'The recover middleware of Fiber answers so.',
    },
  },
  'path-cleaning-redirect': {
    candidate: {
      go: 'ServeMux redirects them: route before it, or clean the path yourself.',
      gin: 'Look for `RedirectFixedPath` of gin.',
      chi: 'chi redirects none of itself: look for a ServeMux before it.',
    },
  },
  'trailing-slash': {
    stable: { express: 'Express answers both, unless `strict routing` is set.' },
    candidate: {
      go: 'ServeMux redirects a subtree pattern: register it with and without the slash.',
      gin: 'Set `RedirectTrailingSlash` of gin to false, and register both.',
      chi: 'middleware.StripSlashes of chi answers both; look for middleware.RedirectSlashes.',
      echo: 'Look for middleware.AddTrailingSlashWithConfig of Echo.',
      django: 'Look for APPEND_SLASH of Django.',
      flask: 'Give the rule of Flask `strict_slashes=False`.',
      fastapi: 'Pass `redirect_slashes=False` to FastAPI, and declare both.',
      spring: 'Spring 6 matches no trailing slash: map both.',
    },
  },
  'path-case': {
    stable: { express: 'Express matches paths whatever their case, unless `case sensitive routing` is set.' },
    candidate: { go: 'Routers of Go match by case: lower the path before them.', aspnet: 'ASP.NET Core ignores case.' },
  },
  'index-redirect': {
    candidate: { go: 'http.FileServer redirects `/index.html` to `./`: serve the file with http.ServeContent.' },
  },
  'marshal-error': {
    stable: { node: 'JSON.stringify writes null for NaN.' },
    candidate: {
      go: 'json.Marshal fails at NaN, in v2 also at invalid UTF-8 and at a Duration.',
      python: 'json.dumps in Python fails on values that are not plain types: pass `default`.',
    },
  },
  'method-not-allowed': {
    stable: { express: 'Express answers 404.' },
    candidate: { go: 'ServeMux answers 405 of itself.', gin: '`HandleMethodNotAllowed` of gin decides.' },
  },
  'options-default': {
    stable: { express: 'Express answers OPTIONS for every route, with Allow.' },
    candidate: { go: 'Routers of Go answer only where a handler is registered.' },
  },
  'head-not-routed': {
    candidate: {
      go: 'ServeMux answers HEAD by the handler of GET; other routers of Go do not.',
      chi: 'Use middleware.GetHead of chi.',
      gin: 'gin needs a handler for HEAD.',
      echo: 'Echo needs a handler for HEAD.',
      fastapi: 'FastAPI answers HEAD only where a route declares it.',
    },
  },
  'query-pair-dropped': { candidate: { go: 'net/url drops them: parse RawQuery yourself.' } },
  'query-nesting': {
    stable: { express: 'Express 4 nests `c[d]=4` (qs).', rails: 'Rails nests them.', php: 'PHP nests them.' },
    candidate: { go: 'Go keeps such names flat.', gin: 'QueryMap of gin reads them.' },
  },
  'query-repeated': {
    stable: { express: 'Express gives an array of the values.' },
    candidate: {
      go: 'Query().Get of Go takes the first value: read Query()[key].',
      gin: 'Query of gin takes the first value: use QueryArray.',
      flask: 'args.get of Flask takes the first value: use getlist.',
      django: 'request.GET[key] of Django is the last value: use getlist.',
    },
  },
  'request-body-validity': {
    stable: { express: 'body-parser takes any object, and refuses null.' },
    candidate: { go: 'encoding/json refuses other types, and takes null.' },
  },
  'request-media-type': {
    stable: { express: 'body-parser reads only the types it is registered for.' },
    candidate: { go: 'json.Decoder reads any.' },
  },
  'request-key-case': { candidate: { go: 'encoding/json accepts keys of another case.' } },
  'media-type': { candidate: { go: 'Set it before the first Write: net/http sniffs an untyped answer.' } },
  'error-as-text': { candidate: { go: 'http.Error sets text/plain and nosniff.' } },
  'validator-kind': {
    stable: { express: 'Express sends weak ETags, and answers 304 of itself.' },
    candidate: { go: 'net/http sends none of itself.' },
  },
  'cookie-encoding': {
    stable: { express: 'Express percent-encodes them.' },
    candidate: {
      go: 'Go quotes them; url.QueryEscape is not the same, url.PathEscape nearly is.',
      gin: 'gin escapes them by url.QueryEscape, which writes `+` for a space.',
    },
  },
  'null-for-empty-array': {
    candidate: { go: 'In Go, initialise the slice (`make([]T, 0)`): a nil slice marshals as null.' },
  },
  'null-for-empty-object': {
    candidate: { go: 'In Go, initialise the map (`make(map[K]V)`): a nil map marshals as null.' },
  },
  'key-missing': {
    candidate: {
      go: 'In Go, look for a misspelt or missing json tag.',
      java: 'In Java, look for @JsonIgnore and @JsonInclude.',
      django: 'In Django, look at the fields of the serializer.',
      fastapi: 'In FastAPI, look at the response_model.',
    },
  },
  'key-added': {
    candidate: {
      go: 'In Go, look for an exported field without `json:"-"`.',
      java: 'In Java, look for a getter without @JsonIgnore.',
    },
  },
  'zero-value-omitted': {
    candidate: { go: 'In Go, remove `omitempty` from the field.', java: 'In Java, look for @JsonInclude(NON_EMPTY).' },
  },
  'zero-value-added': {
    stable: { node: 'JSON.stringify drops undefined.' },
    candidate: { go: 'In Go, use a pointer with `omitempty`.' },
  },
  'null-added': {
    stable: { node: 'JSON.stringify drops undefined.' },
    candidate: {
      go: 'In Go, add `omitempty`: a nil pointer marshals as null.',
      java: 'In Java, add @JsonInclude(NON_NULL).',
      fastapi: 'In FastAPI, set `response_model_exclude_none`.',
    },
  },
  'null-omitted': {
    candidate: { go: 'In Go, remove `omitempty` from the pointer.', java: 'In Java, look for @JsonInclude(NON_NULL).' },
  },
  'key-renamed': {
    candidate: { go: 'In Go, give the field a json tag.', java: 'In Java, use @JsonProperty.' },
  },
  'zero-for-null': { candidate: { go: 'In Go, use a pointer or a sql.Null type.' } },
  'null-for-zero': { candidate: { go: 'In Go, use the value instead of a pointer, or initialise it.' } },
  'integer-precision': {
    stable: { node: 'Node rounds integers beyond 2^53.' },
    candidate: { go: 'In Go, int64 keeps them, and `any` rounds.' },
  },
  'float-rounding': { candidate: { go: 'Go computes constants exactly, and may fuse x*y+z on arm64.' } },
  'float32-precision': { candidate: { go: 'In Go, use float64.', java: 'In Java, use double.' } },
  'not-a-number': {
    stable: { node: 'JSON.stringify writes null.' },
    candidate: {
      go: 'json.Marshal fails: check with math.IsNaN before.',
      python: 'json.dumps in Python writes NaN, which is not valid JSON: pass `allow_nan=False`.',
    },
  },
  'duration-unit': { candidate: { go: 'time.Duration marshals as nanoseconds: divide before.' } },
  'timestamp-unit': {
    stable: { node: 'Date.now() gives milliseconds.' },
    candidate: { go: 'time.Unix() gives seconds: use UnixMilli().', python: 'time.time() of Python gives seconds.' },
  },
  'timestamp-as-number': {
    stable: { node: 'A Date becomes text, getTime() a number.' },
    candidate: {
      go: 'A time.Time marshals as RFC 3339 text, Unix() as a number.',
      java: 'In Java, look for WRITE_DATES_AS_TIMESTAMPS.',
    },
  },
  'zero-time': {
    candidate: {
      go: 'In Go, use *time.Time: a zero time.Time marshals as year 1, which `omitzero` leaves out and `omitempty` does not.',
    },
  },
  'timestamp-format': {
    stable: { node: 'toISOString writes three digits and `Z`.' },
    candidate: {
      go: 'RFC3339Nano trims zeros: format with "2006-01-02T15:04:05.000Z07:00".',
      python: 'isoformat of Python writes six digits and `+00:00`.',
    },
  },
  'timestamp-precision': {
    stable: { node: 'toISOString keeps milliseconds.' },
    candidate: {
      go: 'time.RFC3339 keeps seconds, RFC3339Nano nanoseconds.',
      python: 'isoformat of Python keeps microseconds: pass `timespec`.',
    },
  },
  'buffer-as-base64': { stable: { node: 'A Buffer becomes {"type":"Buffer","data":[…]}.' } },
  'bytes-as-array': {
    candidate: {
      go: 'A [N]byte marshals as an array, a []byte as base64: slice it, or implement MarshalText as the uuid packages do.',
    },
  },
  'base64-alphabet': { candidate: { go: 'encoding/json writes standard base64 with padding.' } },
  'null-struct': {
    candidate: {
      go: 'sql.NullString and its like marshal as {"String":…,"Valid":…}: use a pointer, or implement MarshalJSON.',
    },
  },
  'lone-surrogate': { candidate: { go: 'Go writes U+FFFD for it.' } },
  'number-type': { candidate: { go: 'In Go, look for the `,string` option of a json tag.' } },
  'array-order': { candidate: { go: 'Maps of Go iterate at random.' } },
  'number-exponent': { candidate: { go: 'A float64 marshals so from 1e21 on, and %v from 1e6: use an integer type.' } },
  'negative-zero': { stable: { node: 'Node writes 0.' }, candidate: { go: 'Go writes -0.' } },
  'html-escape': { candidate: { go: 'SetEscapeHTML(false) of json.Encoder escapes none.' } },
  'trailing-newline': { candidate: { go: 'json.Encoder ends with one, json.Marshal does not.' } },
  'not-found-body': {
    stable: { express: 'Express sends a page of HTML.' },
    candidate: {
      go: 'net/http says `404 page not found`.',
      gin: 'gin says `404 page not found`: set NoRoute.',
      chi: 'chi says `404 page not found`: set NotFound.',
    },
  },
  'line-order': { candidate: { go: 'Maps of Go iterate at random: sort the keys.' } },
};

/**
 * If a side's server is unknown, hints for these two apply: the servers that Crossfade was first made for. Each hint
 * names its server, so it misleads nobody.
 */
const USUAL: { readonly stable: Server; readonly candidate: Server } = { stable: 'express', candidate: 'net-http' };

/** Returns `advice`, followed by the hints for the given servers. */
export function adviceFor(cause: Cause, advice: string, servers: Servers): string {
  const hints = HINTS[cause];
  if (hints === undefined) return advice;
  const more = [
    hintOf(hints.stable, servers.stable ?? USUAL.stable),
    hintOf(hints.candidate, servers.candidate ?? USUAL.candidate),
  ];
  return [advice, ...more.filter((hint) => hint !== undefined)].join(' ');
}

function hintOf(hints: Hints | undefined, server: Server): string | undefined {
  const families: readonly Server[] = SERVERS[server].is;
  return families.map((family) => hints?.[family]).find((hint) => hint !== undefined);
}

/** All hints of a cause, each once, in table order; used by the reference page. */
export function hintsOf(cause: Cause): string[] {
  const { stable = {}, candidate = {} } = HINTS[cause] ?? {};
  return [...new Set([...Object.values(stable), ...Object.values(candidate)])];
}
