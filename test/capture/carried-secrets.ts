/** Secrets in other notations, encodings and sentences. Each is a probe of a kind that the other lists do not have. */
import { deflateSync, gzipSync } from 'node:zlib';
import type { Planted, PlantedRow } from './planted-secrets.ts';

const S = 'S3CR3T-abcdefgh';
const J = ['Content-Type', 'application/json'];
const said = (type: string, answer: string | Buffer): Planted => ({ answerHeaders: ['Content-Type', type], answer });
const json = (value: unknown): Planted => ({ answerHeaders: J, answer: JSON.stringify(value) });
const post = (type: string, requestBody: string | Buffer): Planted => ({
  method: 'POST',
  headers: ['Content-Type', type],
  requestBody,
});
const b64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const b64url = (text: string) => Buffer.from(text).toString('base64url');
const JWT = `${b64url('{"alg":"HS256"}')}.${b64url('{"sub":"ann"}')}.c2lnbmF0dXJlLW9mLWFubg`;
const PEM = `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIG${S}\n-----END EC PRIVATE KEY-----`;
const HIDDEN = `{"password":"${S}"}`;

export const CARRIED_SECRETS: readonly PlantedRow[] = [
  ['JWT in the fragment of a link', said('text/html', `<a href="https://app.example/#/in/${JWT}">go</a>`), [JWT]],
  ['JWT in a path', { target: `/magic/${JWT}` }, [JWT]],
  ['cookie set by a page', said('text/html', `<meta http-equiv="Set-Cookie" content="sid=${S}; path=/">`), [S]],
  ['cookie set by a script', said('text/html', `<script>document.cookie = "sid=${S}; path=/";</script>`), [S]],
  ['cookie kept in storage', said('text/html', `<script>localStorage.setItem('authToken', '${S}')</script>`), [S]],
  [
    'SAML response in a page',
    said('text/html', `<input type="hidden" name="SAMLResponse" value="${b64(`<samlp:Response>${S}`)}"/>`),
    [b64(`<samlp:Response>${S}`)],
  ],
  [
    'SAML document in base64',
    json({ document: b64(`<a><Password>${S}</Password></a>`) }),
    [b64(`<a><Password>${S}</Password></a>`)],
  ],
  ['basic auth in JSON', json({ upstream: { header: `Basic ${b64(`ann:${S}`)}` } }), [b64(`ann:${S}`)]],
  ['basic auth as a pair', json({ basic: { username: 'ann', password: S } }), [S]],
  ['credentials of a form in base64', json({ blob: b64(`user=ann&password=${S}`) }), [b64(`user=ann&password=${S}`)]],
  [
    'AWS keys in YAML',
    said('application/yaml', `aws:\n  access_key_id: AKIA1234567890ABCDEF\n  secret_access_key: >-\n    ${S}\n`),
    [S, 'AKIA1234567890ABCDEF'],
  ],
  ['YAML block', said('text/yaml', `password: |\n  ${S}\nuser: ann\n`), [S]],
  ['Kubernetes secret', said('application/yaml', `kind: Secret\ndata:\n  password: ${b64(S)}\n`), [b64(S)]],
  ['private key over lines of JSON', json({ lines: PEM.split('\n') }), [`MHcCAQEEIG${S}`]],
  ['private key in a JSON string', json({ text: PEM }), [`MHcCAQEEIG${S}`]],
  ['private key in a query', { target: `/a?x=${encodeURIComponent(PEM)}` }, [`MHcCAQEEIG${S}`]],
  ['URL encoded twice', { target: `/a?next=${encodeURIComponent(`/b?x=${encodeURIComponent(`t&token=${S}`)}`)}` }, [S]],
  [
    'JSON in a JSON string in base64',
    json({ a: b64(JSON.stringify({ b: HIDDEN })) }),
    [b64(JSON.stringify({ b: HIDDEN }))],
  ],
  ['indented JSON in base64', json({ a: b64(`  \n${HIDDEN}`) }), [b64(`  \n${HIDDEN}`)]],
  ['array of JSON in base64', json({ a: b64(`[${HIDDEN}]`) }), [b64(`[${HIDDEN}]`)]],
  [
    'compressed JSON in base64',
    json({ a: b64(gzipSync(HIDDEN)), b: b64(deflateSync(HIDDEN)) }),
    [b64(gzipSync(HIDDEN)), b64(deflateSync(HIDDEN))],
  ],
  [
    'UTF-16 in base64',
    json({ a: b64(Buffer.from(`password=${S}`, 'utf16le')) }),
    [b64(Buffer.from(`password=${S}`, 'utf16le'))],
  ],
  [
    'data URL',
    said('text/html', `<a href="data:text/plain;base64,${b64(`api_key=${S}`)}">k</a>`),
    [b64(`api_key=${S}`)],
  ],
  ['.env', said('text/plain', `export STRIPE_SECRET_KEY=${S}\nexport SMTP_PASS='${S}'\n`), [S]],
  ['Dockerfile', said('text/plain', `FROM node\nENV DB_PASSWORD ${S}\n`), [S]],
  ['.netrc', said('text/plain', `machine example.com login ann password ${S}\n`), [S]],
  ['command line', said('text/plain', `mysql -h db --password ${S} --execute x`), [S]],
  ['command line, short', said('text/plain', `sshpass -p ${S} ssh ann@host`), [S]],
  [
    'connection string of Azure',
    json({ c: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${S}==;EndpointSuffix=x` }),
    [S],
  ],
  ['connection string of MongoDB', json({ c: `mongodb+srv://ann:${S}@db.example/a?w=1` }), [S]],
  ['connection string of ODBC', said('text/plain', `Driver={SQL};Uid=ann;Pwd={${S}};`), [S]],
  ['connection string of JDBC', said('text/plain', `jdbc:oracle:thin:ann/${S}@db.example:1521/x`), [S]],
  ['Set-Cookie in a dump of trailers', said('text/plain', `0\r\nSet-Cookie: sid=${S}; HttpOnly\r\n\r\n`), [S]],
  ['HAR of a call', json({ log: { request: { cookies: [{ name: 'sid', value: S }] } } }), [S]],
  [
    'GraphQL variables',
    post(
      'application/json',
      JSON.stringify({
        query: 'mutation($in: Login!) { login(in: $in) { id } }',
        variables: { in: { user: 'a', password: S } },
      }),
    ),
    [S],
  ],
  [
    'GraphQL variables of a multipart request',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"mutation($t:String!){in(token:$t)}","variables":{"t":"${S}"}}\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'file name of a part',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="f"; filename="token=${S}.txt"\r\n\r\nx\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'field of a part',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="f"\r\nX-Api-Key: ${S}\r\n\r\nx\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'file name of an answer',
    { answerHeaders: ['Content-Disposition', `attachment; filename="export?token=${S}"`], answer: '{}' },
    [S],
  ],
  ['protobuf without its type', said('application/octet-stream', Buffer.from(`\x0a\x08password\x12\x0f${S}`)), [S]],
  ['protobuf as text', said('text/plain', `user: "ann" credentials { password: "${S}" }`), [S]],
  [
    'SSE, JSON over two lines',
    said('text/event-stream', `data: {"session":\ndata: {"token":\ndata: "${S}"}}\n\n`),
    [S],
  ],
  ['SSE, a value on a line of its own', said('text/event-stream', `data: password:\ndata: ${S}\n\n`), [S]],
  [
    'UTF-16 of XML',
    said('application/xml; charset=utf-16', Buffer.from(`\ufeff<Password>${S}</Password>`, 'utf16le')),
    [S, Buffer.from(S, 'utf16le').toString('latin1')],
  ],
  ['sentence with a colon', said('text/plain', `Welcome, Ann. Your password is: ${S}\nBye.`), [S]],
  ['sentence', json({ message: `Your new API token is ${S}. Keep it.` }), [S]],
  ['sentence about another', json({ message: `the password for ann was changed to "${S}" today` }), [S]],
  ['sentence in HTML', said('text/html', `<p>Your temporary password is <b>${S}</b>.</p>`), [S]],
  ['sentence of another language', said('text/plain', `Ihr Passwort lautet ${S}`), [S]],
  ['one-time code', json({ sms: 'Your verification code is 482913.' }), ['482913']],
  ['one-time code before its name', json({ sms: '482913 is your verification code' }), ['482913']],
  [
    'table of HTML, a label beside its value',
    said('text/html', `<table><tr><td>API key</td><td><code>${S}</code></td></tr></table>`),
    [S],
  ],
  [
    'table of HTML, a head over its column',
    said('text/html', `<table><tr><th>User</th><th>Password</th></tr><tr><td>ann</td><td>${S}</td></tr></table>`),
    [S],
  ],
  ['list of definitions', said('text/html', `<dl><dt>Client secret</dt><dd>${S}</dd></dl>`), [S]],
  ['label in bold', said('text/html', `<p><b>Password:</b> ${S}</p>`), [S]],
  ['table of CSV, a label beside its value', said('text/csv', `setting,value\nuser,ann\npassword,${S}\n`), [S]],
  ['table of CSV without a head', said('text/csv', `password,${S}\nuser,ann\n`), [S]],
  ['table of Markdown', said('text/markdown', `| setting | value |\n|---|---|\n| password | ${S} |\n`), [S]],
  ['name of other letters', json({ 'p\u0430ssw\u043erd': S, 't\u03bfken': S }), [S]],
  ['name with letters of no width', json({ 'pass\u200bword': S, '\ufefftoken': S }), [S]],
  ['name in Cyrillic', json({ пароль: S, 密码: S, パスワード: S }), [S]],
  [
    'short token of GitHub',
    json({ a: 'ghp_Ab3dE9xY', b: 'github_pat_11Ab3dE9' }),
    ['ghp_Ab3dE9xY', 'github_pat_11Ab3dE9'],
  ],
  ['token of npm, cut', said('text/plain', '//registry.example/:_authToken=npm_Ab3dE9xYzQ'), ['npm_Ab3dE9xYzQ']],
  [
    'tokens of other houses',
    json({
      a: 'glsa_Ab3dE9xYzQ1234567890',
      b: 'ATATT3xFfGF0Ab3dE9xYzQ1234567890',
      c: 'dckr_pat_Ab3dE9xYzQ1234567890',
      d: 'PMAK-65f0c1d2e3f4a5b6c7d8e9f0-1a2b3c',
      e: '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
      f: 'pat-na1-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d',
      g: 'sq0atp-Ab3dE9xYzQ1234567890AB',
      h: 'dapi0123456789abcdef0123456789abcdef',
    }),
    [
      'glsa_Ab3dE9xYzQ',
      'ATATT3xFfGF0Ab3d',
      'dckr_pat_Ab3dE9xYzQ',
      'PMAK-65f0c1d2e3f4',
      'AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
      'pat-na1-1a2b3c4d',
      'sq0atp-Ab3dE9xYzQ',
      'dapi0123456789abcdef',
    ],
  ],
  [
    'webhook',
    json({ url: 'https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/x1Y2z3W4v5U6t7S8r9Q0p1O2' }),
    ['x1Y2z3W4v5U6t7S8r9Q0p1O2'],
  ],
  ['link with a token for a name', { target: `/unsubscribe?${JWT}` }, [JWT]],
  ['JSON in a form in a query', { target: `/a?f=${encodeURIComponent(`p=${encodeURIComponent(HIDDEN)}`)}` }, [S]],
  ['INI with spaces', said('text/plain', `[client]\npassword    =    ${S}\n`), [S]],
  ['Java properties', said('text/plain', `spring.datasource.password:${S}\n`), [S]],
  ['PHP', said('text/plain', `define('DB_PASSWORD', '${S}');\n$config["db_password"] => "${S}";`), [S]],
  ['Ruby', said('text/plain', `:password => "${S}", token: '${S}'`), [S]],
  ['Lua and Go', said('text/plain', `password := "${S}"\nToken: \`${S}\`,`), [S]],
  ['call with a named argument', said('text/plain', `client.login(user="a", password="${S}")`), [S]],
  ['SQL', said('text/plain', `CREATE USER ann IDENTIFIED BY '${S}'; ALTER USER a WITH PASSWORD '${S}'`), [S]],
  [
    'XML, sibling of a key',
    said('application/xml', `<Parameter><Key>db_password</Key><Value>${S}</Value></Parameter>`),
    [S],
  ],
  ['vCard of a key', said('text/vcard', `BEGIN:VCARD\nX-PASSWORD:${S}\nEND:VCARD\n`), [S]],
];
