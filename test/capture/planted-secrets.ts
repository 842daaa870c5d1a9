/**
 * Secrets planted in places where they occur in traffic: what is sent, what is answered, and what must not be stored.
 * All but 32 of these, and all of `ALB_PLACES`, were readable in the captures of the first mirror.
 */
import { deflateSync, gzipSync } from 'node:zlib';

export interface Planted {
  readonly method?: string;
  readonly target?: string;
  /** Header fields of the request, names and values alternating. */
  readonly headers?: readonly string[];
  readonly requestBody?: string | Buffer;
  readonly answerHeaders?: readonly string[];
  readonly answer?: string | Buffer;
}

export type PlantedRow = readonly [place: string, planted: Planted, secrets: readonly string[]];

const coded = (coding: string, body: Buffer, type = 'application/json'): Planted => ({
  answerHeaders: ['Content-Type', type, 'Content-Encoding', coding],
  answer: body,
});
const LONG = 'a'.repeat(300_000);

export const ANY_PLACES: readonly PlantedRow[] = [
  ['a fragment of the target, which stands in no route either', { target: '/a#token=SEC1' }, ['SEC1']],
  [
    'q of a URL in a URL in a URL, each encoded once more',
    {
      target: `/a?next=${encodeURIComponent(`https://a/?next=${encodeURIComponent('https://b/?access_token=SEC1')}`)}`,
    },
    ['SEC1'],
  ],
  [
    'q of a URL that was encoded twice',
    { target: `/a?next=${encodeURIComponent(encodeURIComponent('https://b/?access_token=SEC1'))}` },
    ['SEC1'],
  ],
  ['hdr Sec-WebSocket-Protocol: bearer, token', { headers: ['Sec-WebSocket-Protocol', 'bearer, SEC1'] }, ['SEC1']],
  [
    'hdr Sec-WebSocket-Protocol with the token in a name',
    { headers: ['Sec-WebSocket-Protocol', 'base64url.bearer.authorization.k8s.io.U0VDMQ, v4.channel.k8s.io'] },
    ['U0VDMQ'],
  ],
  ['json recovery codes', { answer: '{"recovery_codes":["SEC1"],"backupCode":"SEC2"}' }, ['SEC1', 'SEC2']],
  ['q token', { target: '/a?token=SEC1&x=1' }, ['SEC1']],
  ['q access_token', { target: '/a?access_token=SEC2' }, ['SEC2']],
  ['q id_token', { target: '/a?id_token=SEC3' }, ['SEC3']],
  ['q session', { target: '/a?session_id=SEC4&sid=SEC4b' }, ['SEC4', 'SEC4b']],
  ['q encoded name access%5Ftoken', { target: '/a?access%5Ftoken=SEC5' }, ['SEC5']],
  ['q apikey', { target: '/a?apikey=SEC6&api-key=SEC6b&apiKey=SEC6c' }, ['SEC6', 'SEC6b', 'SEC6c']],
  ['q client_secret', { target: '/a?client_secret=SEC7' }, ['SEC7']],
  [
    'q AWS presigned',
    { target: '/a?X-Amz-Signature=SEC8&X-Amz-Credential=AKIASEC8b&X-Amz-Security-Token=SEC8c' },
    ['SEC8&', 'SEC8b', 'SEC8c'],
  ],
  ['q Azure SAS sig', { target: '/a?sig=SEC9' }, ['SEC9']],
  [
    'q pwd/pass/passwd/otp/pin',
    { target: '/a?pwd=SECa&pass=SECb&passwd=SECc&otp=SECd' },
    ['SECa', 'SECb', 'SECc', 'SECd'],
  ],
  ['q user[password]', { target: '/a?user[password]=SECe' }, ['SECe']],
  ['q email', { target: '/a?email=jane@SECf.com' }, ['SECf']],
  ['q TOKEN upper', { target: '/a?TOKEN=SECg' }, ['SECg']],
  ['q jwt/auth/state', { target: '/a?jwt=SECh&auth=SECi&state=SECj' }, ['SECh', 'SECi']],
  ['path reset token', { target: '/reset/SECk' }, ['SECk']],
  ['matrix ;jsessionid', { target: '/a;jsessionid=SECl' }, ['SECl']],
  ['Bearer', { headers: ['Authorization', 'Bearer SECm'] }, ['SECm']],
  ['Basic', { headers: ['Authorization', 'Basic dXNlcjpTRUNu'] }, ['dXNlcjpTRUNu']],
  ['auth, tab sep', { headers: ['Authorization', 'Bearer	SECo'] }, ['SECo']],
  ['Authorization key only with space in token scheme', { headers: ['Authorization', 'SECp SECq'] }, ['SECp', 'SECq']],
  ['AWS4 SigV4', { headers: ['Authorization', 'AWS4-HMAC-SHA256 Credential=AKIASECr, Signature=x'] }, ['SECr']],
  ['hdr X-Api-Key', { headers: ['X-Api-Key', 'SECh'] }, ['SECh']],
  ['hdr X-Auth-Token', { headers: ['X-Auth-Token', 'SECh'] }, ['SECh']],
  ['hdr X-Access-Token', { headers: ['X-Access-Token', 'SECh'] }, ['SECh']],
  ['hdr X-Amz-Security-Token', { headers: ['X-Amz-Security-Token', 'SECh'] }, ['SECh']],
  ['hdr Api-Key', { headers: ['Api-Key', 'SECh'] }, ['SECh']],
  ['hdr Apikey', { headers: ['Apikey', 'SECh'] }, ['SECh']],
  ['hdr X-Session-Id', { headers: ['X-Session-Id', 'SECh'] }, ['SECh']],
  ['hdr X-Amzn-Oidc-Accesstoken', { headers: ['X-Amzn-Oidc-Accesstoken', 'SECh'] }, ['SECh']],
  ['hdr X-Amzn-Oidc-Data', { headers: ['X-Amzn-Oidc-Data', 'SECh'] }, ['SECh']],
  ['hdr X-Amzn-Oidc-Identity', { headers: ['X-Amzn-Oidc-Identity', 'SECh'] }, ['SECh']],
  ['hdr X-Amzn-Mtls-Clientcert', { headers: ['X-Amzn-Mtls-Clientcert', 'SECh'] }, ['SECh']],
  ['hdr X-Forwarded-For', { headers: ['X-Forwarded-For', 'SECh'] }, ['SECh']],
  ['hdr X-Forwarded-Client-Cert', { headers: ['X-Forwarded-Client-Cert', 'SECh'] }, ['SECh']],
  ['hdr X-CSRFToken', { headers: ['X-CSRFToken', 'SECh'] }, ['SECh']],
  ['hdr X-Csrf-Token', { headers: ['X-Csrf-Token', 'SECh'] }, ['SECh']],
  ['hdr Proxy-Authorization', { headers: ['Proxy-Authorization', 'SECh'] }, ['SECh']],
  ['hdr X-Vault-Token', { headers: ['X-Vault-Token', 'SECh'] }, ['SECh']],
  ['hdr X-Gitlab-Token', { headers: ['X-Gitlab-Token', 'SECh'] }, ['SECh']],
  ['hdr X-Goog-Iap-Jwt-Assertion', { headers: ['X-Goog-Iap-Jwt-Assertion', 'SECh'] }, ['SECh']],
  ['hdr X-Functions-Key', { headers: ['X-Functions-Key', 'SECh'] }, ['SECh']],
  ['hdr X-Hub-Signature-256', { headers: ['X-Hub-Signature-256', 'SECh'] }, ['SECh']],
  ['hdr Cookie2', { headers: ['Cookie2', 'SECh'] }, ['SECh']],
  ['hdr X-Original-Url', { headers: ['X-Original-Url', 'https://a/?token=SECh'] }, ['SECh']],
  ['hdr X-Rewrite-Url', { headers: ['X-Rewrite-Url', 'https://a/?token=SECh'] }, ['SECh']],
  ['hdr Origin', { headers: ['Origin', 'SECh'] }, ['SECh']],
  ['hdr X-Amz-Signature', { headers: ['X-Amz-Signature', 'SECh'] }, ['SECh']],
  ['hdr DPoP', { headers: ['DPoP', 'SECh'] }, ['SECh']],
  ['hdr X-Firebase-Appcheck', { headers: ['X-Firebase-Appcheck', 'SECh'] }, ['SECh']],
  ['hdr Stripe-Signature', { headers: ['Stripe-Signature', 'SECh'] }, ['SECh']],
  ['hdr X-Refresh-Token', { headers: ['X-Refresh-Token', 'SECh'] }, ['SECh']],
  ['hdr X-User-Email', { headers: ['X-User-Email', 'SECh'] }, ['SECh']],
  ['Cookie', { headers: ['Cookie', 'sid=SECs; a=SECt'] }, ['SECs', 'SECt']],
  ['Set-Cookie', { answerHeaders: ['Set-Cookie', 'sid=SECu; Path=/'] }, ['SECu']],
  ['Set-Cookie in trailer/Refresh', { answerHeaders: ['Refresh', '0;url=/x?token=SECv'] }, ['SECv']],
  ['Link', { answerHeaders: ['Link', '</x?token=SECw>; rel=next'] }, ['SECw']],
  ['Location query', { answerHeaders: ['Location', '/cb?code=SECx'] }, ['SECx']],
  [
    'Location fragment',
    { answerHeaders: ['Location', 'https://app/cb#access_token=SECy&id_token=SECz'] },
    ['SECy', 'SECz'],
  ],
  ['Location userinfo', { answerHeaders: ['Location', 'https://u:SECA@h/'] }, ['SECA']],
  ['Referer', { headers: ['Referer', 'https://h/?token=SECB'] }, ['SECB']],
  ['json password', { answer: '{"a":[{"password":"SECJ"}]}' }, ['SECJ']],
  ['json Password', { answer: '{"a":[{"Password":"SECJ"}]}' }, ['SECJ']],
  ['json PASSWORD', { answer: '{"a":[{"PASSWORD":"SECJ"}]}' }, ['SECJ']],
  ['json passwd', { answer: '{"a":[{"passwd":"SECJ"}]}' }, ['SECJ']],
  ['json pwd', { answer: '{"a":[{"pwd":"SECJ"}]}' }, ['SECJ']],
  ['json pass', { answer: '{"a":[{"pass":"SECJ"}]}' }, ['SECJ']],
  ['json secret', { answer: '{"a":[{"secret":"SECJ"}]}' }, ['SECJ']],
  ['json client_secret', { answer: '{"a":[{"client_secret":"SECJ"}]}' }, ['SECJ']],
  ['json clientSecret', { answer: '{"a":[{"clientSecret":"SECJ"}]}' }, ['SECJ']],
  ['json token', { answer: '{"a":[{"token":"SECJ"}]}' }, ['SECJ']],
  ['json access_token', { answer: '{"a":[{"access_token":"SECJ"}]}' }, ['SECJ']],
  ['json accessToken', { answer: '{"a":[{"accessToken":"SECJ"}]}' }, ['SECJ']],
  ['json AccessToken', { answer: '{"a":[{"AccessToken":"SECJ"}]}' }, ['SECJ']],
  ['json refresh_token', { answer: '{"a":[{"refresh_token":"SECJ"}]}' }, ['SECJ']],
  ['json refreshToken', { answer: '{"a":[{"refreshToken":"SECJ"}]}' }, ['SECJ']],
  ['json id_token', { answer: '{"a":[{"id_token":"SECJ"}]}' }, ['SECJ']],
  ['json idToken', { answer: '{"a":[{"idToken":"SECJ"}]}' }, ['SECJ']],
  ['json api_key', { answer: '{"a":[{"api_key":"SECJ"}]}' }, ['SECJ']],
  ['json apiKey', { answer: '{"a":[{"apiKey":"SECJ"}]}' }, ['SECJ']],
  ['json apikey', { answer: '{"a":[{"apikey":"SECJ"}]}' }, ['SECJ']],
  ['json API_KEY', { answer: '{"a":[{"API_KEY":"SECJ"}]}' }, ['SECJ']],
  ['json authorization', { answer: '{"a":[{"authorization":"SECJ"}]}' }, ['SECJ']],
  ['json auth_token', { answer: '{"a":[{"auth_token":"SECJ"}]}' }, ['SECJ']],
  ['json authToken', { answer: '{"a":[{"authToken":"SECJ"}]}' }, ['SECJ']],
  ['json session_token', { answer: '{"a":[{"session_token":"SECJ"}]}' }, ['SECJ']],
  ['json sessionId', { answer: '{"a":[{"sessionId":"SECJ"}]}' }, ['SECJ']],
  ['json jwt', { answer: '{"a":[{"jwt":"SECJ"}]}' }, ['SECJ']],
  ['json private_key', { answer: '{"a":[{"private_key":"SECJ"}]}' }, ['SECJ']],
  ['json email', { answer: '{"a":[{"email":"SECJ"}]}' }, ['SECJ']],
  ['json ssn', { answer: '{"a":[{"ssn":"SECJ"}]}' }, ['SECJ']],
  ['json card_number', { answer: '{"a":[{"card_number":"SECJ"}]}' }, ['SECJ']],
  ['json cardNumber', { answer: '{"a":[{"cardNumber":"SECJ"}]}' }, ['SECJ']],
  ['json cvv', { answer: '{"a":[{"cvv":"SECJ"}]}' }, ['SECJ']],
  ['json iban', { answer: '{"a":[{"iban":"SECJ"}]}' }, ['SECJ']],
  ['json phone', { answer: '{"a":[{"phone":"SECJ"}]}' }, ['SECJ']],
  ['json newPassword', { answer: '{"a":[{"newPassword":"SECJ"}]}' }, ['SECJ']],
  ['json new_password', { answer: '{"a":[{"new_password":"SECJ"}]}' }, ['SECJ']],
  ['json password_confirmation', { answer: '{"a":[{"password_confirmation":"SECJ"}]}' }, ['SECJ']],
  ['json otp', { answer: '{"a":[{"otp":"SECJ"}]}' }, ['SECJ']],
  ['json pin', { answer: '{"a":[{"pin":"SECJ"}]}' }, ['SECJ']],
  ['json bearer', { answer: '{"a":[{"bearer":"SECJ"}]}' }, ['SECJ']],
  ['json x-api-key', { answer: '{"a":[{"x-api-key":"SECJ"}]}' }, ['SECJ']],
  ['json secret_key', { answer: '{"a":[{"secret_key":"SECJ"}]}' }, ['SECJ']],
  ['json SecretAccessKey', { answer: '{"a":[{"SecretAccessKey":"SECJ"}]}' }, ['SECJ']],
  ['json csrfToken', { answer: '{"a":[{"csrfToken":"SECJ"}]}' }, ['SECJ']],
  ['json escaped key pass\\u0077ord', { answer: '{"pass\\u0077ord":"SECK"}' }, ['SECK']],
  ['json escaped key beside a plain one', { answer: '{"token":"x","pass\\u0077ord":"SECK"}' }, ['SECK']],
  ['json card number in free text', { answer: '{"note":"4111111111111111"}' }, ['4111111111111111']],
  ['json in string', { answer: '{"payload":"{\\"password\\":\\"SECL\\"}"}' }, ['SECL']],
  [
    'GraphQL inline',
    {
      method: 'POST',
      target: '/graphql',
      headers: ['Content-Type', 'application/json'],
      requestBody: '{"query":"mutation{login(email:\\"a@b.c\\",password:\\"SECM\\"){token}}"}',
    },
    ['SECM'],
  ],
  [
    'GraphQL variables',
    {
      method: 'POST',
      target: '/graphql',
      headers: ['Content-Type', 'application/json'],
      requestBody: '{"query":"mutation($p:String){l(p:$p)}","variables":{"password":"SECN"}}',
    },
    ['SECN'],
  ],
  [
    'GraphQL variables $p',
    {
      method: 'POST',
      target: '/graphql',
      headers: ['Content-Type', 'application/json'],
      requestBody: '{"query":"mutation($p:String){l(password:$p)}","variables":{"p":"SECN2"}}',
    },
    ['SECN2'],
  ],
  ['GraphQL GET', { target: '/graphql?query=mutation{l(password:%22SECO%22)}' }, ['SECO']],
  [
    'form password',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded'],
      requestBody: 'user=a&password=SECP',
    },
    ['SECP'],
  ],
  [
    'form client_secret (OAuth token endpoint)',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded'],
      requestBody: 'grant_type=client_credentials&client_id=a&client_secret=SECQ',
    },
    ['SECQ'],
  ],
  [
    'form passwd/assertion/id_token',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded'],
      requestBody: 'passwd=SECR&assertion=SECS&id_token=SECT',
    },
    ['SECR', 'SECS', 'SECT'],
  ],
  [
    'form pass%77ord',
    { method: 'POST', headers: ['Content-Type', 'application/x-www-form-urlencoded'], requestBody: 'pass%77ord=SECU' },
    ['SECU'],
  ],
  [
    'form SAMLResponse',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded'],
      requestBody: 'SAMLResponse=SECV',
    },
    ['SECV'],
  ],
  [
    'form user[password]',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded'],
      requestBody: 'user%5Bpassword%5D=SECW',
    },
    ['SECW'],
  ],
  [
    'form type upper w charset',
    {
      method: 'POST',
      headers: ['Content-Type', 'Application/X-WWW-Form-Urlencoded; charset=utf-8'],
      requestBody: 'a=1&password=SECX',
    },
    ['SECX'],
  ],
  [
    'form without type',
    { method: 'POST', headers: ['Content-Type', ''], requestBody: 'a=1&password=SECX2' },
    ['SECX2'],
  ],
  [
    'multipart password',
    {
      method: 'POST',
      headers: ['Content-Type', 'multipart/form-data; boundary=b'],
      requestBody: '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nSECY\r\n--b--\r\n',
    },
    ['SECY'],
  ],
  [
    'XML/SOAP',
    { method: 'POST', headers: ['Content-Type', 'text/xml'], requestBody: '<a><Password>SECZ</Password></a>' },
    ['SECZ'],
  ],
  [
    'json typed text/plain with leading space',
    { answerHeaders: ['Content-Type', 'text/plain'], answer: ' {"password":"SEC01"}' },
    ['SEC01'],
  ],
  [
    'json with BOM, text/plain',
    { answerHeaders: ['Content-Type', 'text/plain'], answer: '\uFEFF{"password":"SEC02"}' },
    ['SEC02'],
  ],
  ['json with BOM, application/json', { answer: '\uFEFF{"password":"SEC03"}' }, ['SEC03']],
  [
    'JSONP',
    { answerHeaders: ['Content-Type', 'application/javascript'], answer: 'cb({"password":"SEC04"})' },
    ['SEC04'],
  ],
  ['XSSI prefix', { answer: `)]}',\n{"password":"SEC05"}` }, ['SEC05']],
  [
    'NDJSON x-ndjson',
    {
      answerHeaders: ['Content-Type', 'application/x-ndjson'],
      answer: '{"password":"SEC06"}\n{"password":"SEC06b"}\n',
    },
    ['SEC06'],
  ],
  [
    'SSE data: json',
    { answerHeaders: ['Content-Type', 'text/event-stream'], answer: 'data: {"token":"SEC07"}\n\n' },
    ['SEC07'],
  ],
  [
    'HTML csrf input',
    { answerHeaders: ['Content-Type', 'text/html'], answer: '<input name="csrf" value="SEC08">' },
    ['SEC08'],
  ],
  ['dup key', { answer: '{"password":"SEC18","password":"SEC19"}' }, ['SEC18', 'SEC19']],
  ['number value', { answer: '{"token":123456789}' }, ['123456789']],
  ['nested in secret', { answer: '{"token":{"v":"SEC20"}}' }, ['SEC20']],
  ['json comments', { answer: '{/*c*/"password":"SEC21"}' }, ['SEC21']],
  [
    'problem+json',
    { answerHeaders: ['Content-Type', 'application/problem+json'], answer: '{"password":"SEC22"}' },
    ['SEC22'],
  ],
  [
    'vnd json params',
    { answerHeaders: ['Content-Type', 'application/vnd.a.b+json;v=1'], answer: '{"password":"SEC23"}' },
    ['SEC23'],
  ],
  ['json single quotes / no type', { answerHeaders: ['Content-Type', ''], answer: '["SEC24"]' }, []],
  [
    'json-seq/patch array {"path":"/password","value":..}',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/json-patch+json'],
      requestBody: '[{"op":"replace","path":"/password","value":"SEC25"}]',
    },
    ['SEC25'],
  ],
  [
    'key/value pairs {"name":"password","value":..}',
    {
      method: 'POST',
      headers: ['Content-Type', 'application/json'],
      requestBody: '[{"name":"password","value":"SEC26"}]',
    },
    ['SEC26'],
  ],
  [
    'json utf-16',
    {
      answerHeaders: ['Content-Type', 'application/json; charset=utf-16'],
      answer: Buffer.from('\uFEFF{"password":"SEC09"}', 'utf16le'),
    },
    ['SEC09'],
  ],
  ['gzip json', coded('gzip', gzipSync('{"password":"SEC10"}')), ['SEC10']],
  ['x-gzip json', coded('x-gzip', gzipSync('{"password":"SEC11"}')), ['SEC11']],
  ['deflate json', coded('deflate', deflateSync('{"password":"SEC12"}')), ['SEC12']],
  ['gzip json typed text/html', coded('gzip', gzipSync('{"password":"SEC13"}'), 'text/html'), ['SEC13']],
  ['gzip x-ndjson', coded('gzip', gzipSync('{"password":"SEC14"}'), 'application/x-ndjson'), ['SEC14']],
  ['gzip octet-stream', coded('gzip', gzipSync('{"password":"SEC14b"}'), 'application/octet-stream'), ['SEC14b']],
  ['truncated json over the cap', { answer: `{"x":"${LONG}","password":"SEC15"}` }, ['SEC15']],
  ['cut json, secret in the kept part', { answer: `{"password":"SEC16","x":"${LONG}"}` }, ['SEC16']],
  ['cut html', { answerHeaders: ['Content-Type', 'text/html'], answer: `<i>SEC17${LONG}` }, ['SEC17']],
];

const S = 'S3CR3T-abcdefgh';
const both = (answerHeaders: readonly string[], answer: string): Planted => ({ answerHeaders, answer });
const J = ['Content-Type', 'application/json'];
const field = (name: string, value = S): PlantedRow => [`request field ${name}`, { headers: [name, value] }, [S]];
const parameter = (name: string): PlantedRow => [`query ?${name}=`, { target: `/a?${name}=${S}` }, [S]];

/** Common places behind an AWS load balancer. */
export const ALB_PLACES: readonly PlantedRow[] = [
  field('Authorization', `Bearer ${S}`),
  ['JSON "password"', both(J, `{"password":"${S}"}`), [S]],
  ...['X-Amzn-Oidc-Accesstoken', 'X-Amzn-Oidc-Data', 'X-Auth-Token', 'X-Access-Token', 'Api-Key', 'X-Vault-Token'].map(
    (name) => field(name),
  ),
  ...['X-Goog-Api-Key', 'X-Session-Id', 'X-Forwarded-Access-Token', 'X-Hub-Signature-256'].map((name) => field(name)),
  field('X-Original-Url', `/a?token=${S}`),
  ['JSON key written with an escape', both(J, `{"pass\\u0077ord":"${S}"}`), [S]],
  ['JSON key in another case', both(J, `{"Password":"${S}"}`), [S]],
  ['JSON authToken', both(J, `{"authToken":"${S}"}`), [S]],
  ['JSON with a leading space, sent as text/plain', both(['content-type', 'text/plain'], ` {"token":"${S}"}`), [S]],
  ['JSONP', both(['content-type', 'application/javascript'], `cb({"token":"${S}"})`), [S]],
  [
    'multipart form field "password"',
    {
      method: 'POST',
      headers: ['content-type', 'multipart/form-data; boundary=b'],
      requestBody: `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${S}\r\n--b--`,
    },
    [S],
  ],
  ...['id_token', 'client_secret', 'X-Amz-Signature', 'X-Amz-Security-Token', 'sig'].map(parameter),
  ...['jwt', 'auth', 'session', '%74oken', 'tokens[]'].map(parameter),
  ['Location: #access_token=', both(['Location', `https://app/cb#access_token=${S}`], ''), [S]],
  ['Location: user:SECRET@host', both(['Location', `https://user:${S}@host/`], ''), [S]],
  ['Link: <…?token=>', both(['Link', `</a?token=${S}>; rel=next`], ''), [S]],
  ['Refresh: url=/a?token=', both(['Refresh', `0; url=/a?token=${S}`], ''), [S]],
  ['a path without templates', { target: `/reset/${S}` }, [S]],
];
