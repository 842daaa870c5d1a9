/**
 * Secrets in places that nobody had thought of, written before their author read the search code: errors that echo what
 * was typed, tables and lists in JSON, dumps of messages, commands, addresses.
 */
import type { PlantedRow } from './planted-secrets.ts';
import { answers, asks, b64, b64url, json, pb, post, R, S, said, text } from './planting.ts';

export const UNTHOUGHT_SECRETS: readonly PlantedRow[] = [
  // Errors that echo what was typed.
  [
    'an error of Pydantic',
    json({
      detail: [{ type: 'string_too_short', loc: ['body', 'password'], msg: 'String should have at least 8', input: S }],
    }),
    [S],
  ],
  ['an error of Spring', json({ errors: [{ field: 'password', rejectedValue: S, code: 'Size' }] }), [S]],
  [
    'an error of FluentValidation',
    json([{ propertyName: 'NewPassword', errorMessage: 'too short', attemptedValue: S }]),
    [S],
  ],
  ['an error of Zod', json({ issues: [{ code: 'invalid_string', path: ['user', 'password'], received: S }] }), [S]],
  ['an error of Ajv', json([{ instancePath: '/user/password', keyword: 'minLength', data: S }]), [S]],
  [
    'an error of JSON:API',
    json({ errors: [{ source: { pointer: '/data/attributes/password' }, detail: 'too short', meta: { value: S } }] }),
    [S],
  ],
  [
    'an error of Symfony',
    json({ violations: [{ propertyPath: 'user.password', message: 'short', invalidValue: S }] }),
    [S],
  ],
  ['an error of ASP.NET', json({ errors: { Password: [`The value '${S}' is not valid.`] } }), [S]],
  [
    'a problem that quotes',
    said('application/problem+json', JSON.stringify({ detail: `The password '${S}' is too common` })),
    [S],
  ],
  [
    'a problem that quotes a token',
    said('application/problem+json', JSON.stringify({ detail: `No session for token "${R}".` })),
    [R],
  ],
  [
    'a problem’s instance',
    said('application/problem+json', JSON.stringify({ instance: `/reset/${R}`, type: 'about:blank' })),
    [R],
  ],
  ['an error of a database', json({ error: `Key (api_key)=(${S}) already exists.` }), [S]],
  ['an error of MySQL', json({ error: `Duplicate entry '${S}' for key 'users.api_token'` }), [S]],
  ['a statement of SQL', json({ sql: `INSERT INTO users (name, password) VALUES ('ann', '${S}')` }), [S]],
  ['a condition of SQL', json({ sql: `SELECT * FROM users WHERE password = '${S}'` }), [S]],
  // Tables, lists and pairs.
  ['a list of fields', json({ rawHeaders: ['Host', 'x', 'X-Api-Key', S, 'Accept', '*/*'] }), [S]],
  [
    'a table of columns and rows',
    json({
      columns: ['id', 'password', 'n'],
      rows: [
        [1, S, 2],
        [2, 'pearappleplum', 3],
      ],
    }),
    [S, 'pearappleplum'],
  ],
  ['a table whose columns are objects', json({ fields: [{ name: 'id' }, { name: 'password' }], rows: [[1, S]] }), [S]],
  ['keys and values side by side', json({ keys: ['user', 'password'], values: ['ann', S] }), [S]],
  [
    'a table whose first row is its head',
    json([
      ['user', 'password'],
      ['ann', S],
    ]),
    [S],
  ],
  [
    'a pair of another house',
    json([
      { variable: 'DB_PASSWORD', value: S },
      { setting: 'smtp_password', value: 'pearappleplum' },
    ]),
    [S, 'pearappleplum'],
  ],
  ['an input of a form', json({ inputs: [{ type: 'password', label: 'x', value: S }] }), [S]],
  ['a question and its answer', json({ prompt: 'Password', response: S }), [S]],
  ['a name with a suffix', json({ headerName: 'X-Api-Key', headerValue: S }), [S]],
  ['a key by JOSE', json({ kty: 'EC', crv: 'P-256', x: 'f83OJ3D2', y: 'x_FEzRu9', d: S }), [S]],
  ['a symmetric key by JOSE', json({ keys: [{ kty: 'oct', kid: '1', k: S }] }), [S]],
  // Dumps of messages.
  ['cookies in a dump', text(`GET / HTTP/1.1\r\nHost: x\r\nCookie: theme=dark; shop=${S}; lang=de\r\n\r\n`), [S]],
  [
    'cookies in a dump in JSON',
    json({ request: `GET / HTTP/1.1\r\nCookie: theme=dark; shop=${S}\r\nAccept: */*\r\n\r\n` }),
    [S],
  ],
  ['Digest in a dump', text(`Authorization: Digest username="ann", realm="x", uri="/", response="${S}"\r\n`), [S]],
  ['a command of curl, cookies', text(`curl -b 'theme=dark; shop=${S}' https://x.example/`), [S]],
  [
    'a command of curl, a field',
    text(`curl -H 'Cookie: theme=dark; shop=${S}' -H 'Accept: a' https://x.example/`),
    [S],
  ],
  ['a command of curl, a token', text(`curl --oauth2-bearer ${S} https://x.example/`), [S]],
  ['a command of docker', text(`docker login -u ann -p ${S} r.example`), [S]],
  ['a command of redis', text(`redis-cli -h db -a ${S} PING`), [S]],
  ['a command of LDAP', text(`ldapsearch -x -D cn=ann -w ${S} -b dc=x`), [S]],
  ['a command of openssl', text(`openssl rsa -in k.pem -passin pass:${S}`), [S]],
  ['a command of HTTPie', text(`http -a ann:${S} https://x.example/a`), [S]],
  ['a command of PostgreSQL', text(`PGPASSWORD=${S} psql -h db`), [S]],
  // Addresses.
  ['a DSN of Go', json({ dsn: `app:${S}@tcp(127.0.0.1:3306)/shop?parseTime=true` }), [S]],
  ['a password that holds an at sign', json({ u: 'amqp://app:hunt@er2xyz@mq.example/v' }), ['hunt', 'er2xyz']],
  [
    'a password that holds a slash',
    json({ u: 'postgres://app:sesame/openNow9@db.example:5432/x' }),
    ['sesame', 'openNow9'],
  ],
  ['a Host that names a user', asks('Host', `ann:${S}@shop.example`), [S]],
  ['a target of another proxy', { target: `http://ann:${S}@shop.example/a` }, [S]],
  ['a path of a Set-Cookie', answers('Set-Cookie', `a=b; Path=/magic/${R}; HttpOnly`), [R]],
  ['a comment of a Set-Cookie', answers('Set-Cookie', `a=b; Comment="password=${S}"`), [S]],
  ['a parameter of a Link', answers('Link', `</a>; rel="next"; token="${S}"`), [S]],
  ['a fragment of a Link', answers('Link', `<https://x.example/a#access_token=${S}>; rel=self`), [S]],
  [
    'a challenge that quotes',
    answers('WWW-Authenticate', `Bearer error="invalid_token", error_description="token ${R} has expired"`),
    [R],
  ],
  ['a timing’s description', answers('Server-Timing', `db;desc="password=${S}"`), [S]],
  ['a message of gRPC', answers('grpc-message', `invalid password '${S}'`), [S]],
  ['details of gRPC', answers('grpc-status-details-bin', b64(pb(`bad token: ${R}aa`))), [b64(pb(`bad token: ${R}aa`))]],
  [
    'JSON in base64 in a field',
    asks('X-Context', b64(JSON.stringify({ u: 'ann', k: { api_key: S } }))),
    [b64(JSON.stringify({ u: 'ann', k: { api_key: S } })).slice(20, 40)],
  ],
  [
    'JSON in base64url in a path',
    { target: `/state/${b64url(JSON.stringify([{ u: 'ann', password: S }]))}/x` },
    [b64url(JSON.stringify([{ u: 'ann', password: S }])).slice(10, 40)],
  ],
  [
    'claims of Azure',
    asks('X-Ms-Client-Principal', b64(JSON.stringify({ userDetails: 'ann@x.example' }))),
    [b64(JSON.stringify({ userDetails: 'ann@x.example' })).slice(8, 30)],
  ],
  ['a certificate by RFC 9440', asks('Client-Cert', `:${b64(`MIIB${R}${R}`)}:`), [b64(`MIIB${R}${R}`)]],
  ['WSSE', asks('X-Wsse', `UsernameToken Username="ann", PasswordDigest="${S}", Nonce="${R}"`), [S, R]],
  ['a user’s code of OAuth', json({ device_code: S, user_code: 'WDJB-MJHT', interval: 5 }), [S]],
  // Names beside the usual one, identities by a proxy with a login, shapes.
  ...['Content-ID: <password>', 'Content-ID: <access_token@service>', 'Content-Description: API key'].map(
    (named): PlantedRow => [
      `a part of a message: ${named}`,
      post('multipart/related; boundary=XX', `--XX\r\n${named}\r\n\r\n${S}\r\n--XX--\r\n`),
      [S],
    ],
  ),
  [
    'a part of a message, by the name of its type',
    post('multipart/mixed; boundary=XX', `--XX\r\nContent-Type: text/plain; name="password"\r\n\r\n${S}\r\n--XX--\r\n`),
    [S],
  ],
  ...[
    'X-Ms-Client-Principal',
    'X-Ms-Client-Principal-Name',
    'X-Auth-Request-User',
    'X-Forwarded-User',
    'X-Forwarded-Preferred-Username',
    'X-Apigateway-Api-Userinfo',
    'X-Authentik-Username',
    'X-Pomerium-Claim-Sub',
    'Remote-User',
    'X-Remote-User',
    'Tailscale-User-Login',
  ].map((field): PlantedRow => [`an identity by a proxy: ${field}`, asks(field, 'zoe.smithson'), ['zoe.smithson']]),
  ['a client secret of Entra', text('the app uses abC8Q~kPz1lQw9.Xy_7tRn-Vb3MmCcDdEeFfGgHh now'), ['kPz1lQw9']],
  [
    'a device of Firebase',
    json({ registration_ids: ['dK3fLx9aQz8:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx'] }),
    ['APA91bHun4', 'dK3fLx9aQz8'],
  ],
  [
    'a private calendar',
    json({ ics: `https://calendar.google.com/calendar/ical/x/private-${'0123456789abcdef'.repeat(2)}/basic.ics` }),
    ['private-0123'],
  ],
  [
    'a webhook of Teams',
    json({ url: `https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/${'0123456789abcdef'.repeat(2)}/c` }),
    ['0123456789abcdef'],
  ],
];
