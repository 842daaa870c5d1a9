/** Replaces answers that Envoy would pass on but no client could parse by a 502. */
import { type Extension, extension } from './api.ts';

export const BAD_GATEWAY_BODY = { inline_string: 'Bad Gateway\n' } as const;

const input = (name: string, fields: Record<string, unknown> = {}) => ({
  name,
  typed_config: { '@type': `type.googleapis.com/envoy.type.matcher.v3.${name}`, ...fields },
});
const is = (what: unknown, regex: string) => ({
  single_predicate: { input: what, value_match: { safe_regex: { google_re2: {}, regex } } },
});

/** Checked first for every answer, so that the further checks run for few. */
const odd = is(input('HttpResponseStatusCodeMatchInput'), '101|.{4,}');
const switched = is(input('HttpResponseStatusCodeMatchInput'), '101');
const offered = is(input('HttpRequestHeaderMatchInput', { header_name: 'upgrade' }), '(?i)websocket');

/**
 * A status of four digits, or 101 for a request that offered no upgrade, after which the client would wait forever for
 * its answer.
 */
export const UNREADABLE: Extension = extension(
  'envoy.filters.http.custom_response',
  'extensions.filters.http.custom_response.v3.CustomResponse',
  {
    custom_response_matcher: {
      matcher_list: {
        matchers: [
          {
            predicate: {
              and_matcher: {
                predicate: [odd, { not_matcher: { and_matcher: { predicate: [switched, offered] } } }],
              },
            },
            on_match: {
              action: {
                name: 'bad gateway',
                typed_config: {
                  '@type':
                    'type.googleapis.com/envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy',
                  status_code: 502,
                  body: BAD_GATEWAY_BODY,
                },
              },
            },
          },
        ],
      },
    },
  },
);
