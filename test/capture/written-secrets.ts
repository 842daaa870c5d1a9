/**
 * Secrets as programs, servers and tools write them, and values that only look like secrets. The expected results were
 * written before the first run.
 */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { PlantedRow } from './planted-secrets.ts';
import { answers, asks, b64, json, pb, post, R, S, said, text, yaml } from './planting.ts';

const coded = (coding: string, type: string, bytes: Buffer) => ({
  answerHeaders: ['Content-Type', type, 'Content-Encoding', coding],
  answer: bytes,
});
const P = 'hunter2isWeak';
const HEX = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4iLCJpYXQiOjE1MTYyMzkwMjJ9.c2lnbmF0dXJlLW9mLWl0';
const frame = (message: Buffer, flag = 0) => Buffer.concat([Buffer.from([flag, 0, 0, 0, message.length]), message]);
const zipped = (message: Buffer) => frame(gzipSync(message), 1);
const called = (requestBody: Buffer, type: string, ...coding: string[]) => ({
  method: 'POST',
  target: '/shop.Orders/Get',
  headers: ['Content-Type', type, ...coding],
  requestBody,
});
const J = JSON.stringify({ name: 'ann', password: S });

export const WRITTEN_SECRETS: readonly PlantedRow[] = [
  ['the answer Authentication-Info', answers('Authentication-Info', `rspauth="${R}", cnonce="${S}", nc=1`), [R, S]],
  ['Proxy-Authentication-Info', answers('Proxy-Authentication-Info', `rspauth="${R}"`), [R]],
  [
    'WWW-Authenticate: Negotiate with a token',
    answers('WWW-Authenticate', `Negotiate ${b64(`blob-${S}`)}`),
    [b64(`blob-${S}`)],
  ],
  [
    'an authenticator answer NTLM',
    answers('WWW-Authenticate', `NTLM ${b64(`NTLMSSP\0${R}${R}`)}`),
    [b64(`NTLMSSP\0${R}${R}`)],
  ],
  ['a Python repr of bytes', text(`{'password': b'${S}'}`), [S]],
  ['a PHP dump', text(`array(1) {\n  ["password"]=>\n  string(12) "${S}"\n}`), [S]],
  ['a C# verbatim string', text(`var password = @"${S}";`), [S]],
  ['a C wide string', text(`wchar_t *password = L"${S}";`), [S]],
  ['a T-SQL national string', text(`SET @password = N'${S}'`), [S]],
  ['a Python f-string', text(`password = f"${S}"`), [S]],
  ['a Python raw string', text(`api_key=r'${S}'`), [S]],
  ['a Rust String', text(`let password = String::from("${S}");`), [S]],
  ['a Java constructor', text(`password = new SecretString("${S}")`), [S]],
  ['a Pydantic secret', text(`Settings(password=SecretStr('${S}'), n=1)`), [S]],
  [
    'a k8s secret of another key',
    yaml(`apiVersion: v1\nkind: Secret\ndata:\n  config: ${b64(`db=${S}`)}\n`),
    [b64(`db=${S}`)],
  ],
  [
    'a Kubernetes Secret in JSON',
    json({ kind: 'Secret', apiVersion: 'v1', data: { config: b64(R + R) }, stringData: { a: S } }),
    [b64(R + R), S],
  ],
  ['sessions by their ids', json({ sessions: { [`${R}${R}`]: { user: 1 } } }), [R + R]],
  ['escaped XML in XML', said('application/xml', `<a>&lt;password&gt;${S}&lt;/password&gt;</a>`), [S]],
  ['nginx', text(`proxy_set_header Authorization "Bearer ${S}";`), [S]],
  ['UTF-16 without either', said('text/plain', Buffer.from(`password=${S}`, 'utf16le')), [S]],
  [
    'multipart/mixed of HTTP requests',
    post(
      'multipart/mixed; boundary=X',
      `--X\r\nContent-Type: application/http\r\n\r\nGET /a HTTP/1.1\r\nAuthorization: Bearer ${S}\r\n\r\n\r\n--X--\r\n`,
    ),
    [S],
  ],
  ['a JSON text sequence', said('application/json-seq', `\x1e{"a":1}\n\x1e{"client_secret":"${S}"}\n`), [S]],
  [
    'AMF-like key',
    said(
      'application/octet-stream',
      Buffer.concat([Buffer.from([0, 8]), Buffer.from('password'), Buffer.from([2, 0, S.length]), Buffer.from(S)]),
    ),
    [S],
  ],
  [
    'BSON',
    said(
      'application/bson',
      Buffer.concat([
        Buffer.from([0x24, 0, 0, 0, 2]),
        Buffer.from('password\0'),
        Buffer.from([S.length + 1, 0, 0, 0]),
        Buffer.from(`${S}\0\0`),
      ]),
    ),
    [S],
  ],
  ['two codings', coded('gzip, br', 'application/json', brotliCompressSync(gzipSync(J))), [S]],
  [
    'x-gzip in two members',
    coded('x-gzip', 'application/json', Buffer.concat([gzipSync(J.slice(0, 10)), gzipSync(J.slice(10))])),
    [S],
  ],
  ['gzip that lies: it is plain', coded('gzip', 'application/json', Buffer.from(J)), [S]],
  ['a Lua table', text(`{ ["password"] = "${S}", a = 1 }`), [S]],
  [
    'XML-RPC',
    post(
      'text/xml',
      `<methodCall><params><param><value><struct><member><name>password</name><value><string>${S}</string></value></member></struct></value></param></params></methodCall>`,
    ),
    [S],
  ],
  ['PHP serialised', text(`a:1:{s:8:"password";s:12:"${S}";}`), [S]],
  ['a Host that names a user of this machine', asks('Host', `u:${S}@shop:8080`), [S]],
  ['a Host before a proxy', asks('X-Forwarded-Host', `u:${S}@h`), [S]],
  // Labels of several words, and declarations whose type stands before the value.
  ...['API key: ', 'Mot de passe : ', 'Clave de acceso: ', 'パスワード：', '密码：', 'Your access code is '].map(
    (label): PlantedRow => [`the label ${label}`, text(label + P), [P]],
  ),
  ...[
    'const password: string = ',
    'val password: String = ',
    'var password string = ',
    'let api_key: &str = ',
    'Const PASSWORD As String = ',
    'param adminPassword string = ',
    'api_keys = [\n  "ok", ',
    'HTTPBasicAuth("ann", ',
    'DBI->connect("dbi:Pg:dbname=x", "ann", ',
    '{default_pass, <<',
    'variable "db_password" {\n  default = ',
  ].map((before): PlantedRow => [before, text(`${before}"${P}"\n]`), [P]]),
  ['a one-time code after its label', text('Your code: 902133'), ['902133']],
  ['two lines of snmpd', text(`createUser joe SHA "${P}" AES ${R}`), [P, R]],
  ['chap-secrets', text(`# client server secret\n"ann" * "${P}" *\n`), [P]],
  ['a login of Postfix', text(`[smtp.example.com]:587 ann:${P}`), [P]],
  ['SSLKEYLOGFILE', text(`CLIENT_RANDOM ${HEX} ${HEX}beef`), [`${HEX}beef`]],
  ['Composer', json({ 'github-oauth': { 'github.com': HEX.slice(0, 40) } }), [HEX.slice(0, 40)]],
  ['Pulumi', yaml(`config:\n  app:db:\n    secure: AAABAKn${HEX}\n`), [HEX]],
  ['a key of a weather service', { target: `/weather?q=Ulm&appid=${HEX.slice(0, 32)}` }, [HEX.slice(0, 32)]],
  ['Subsonic', { target: '/rest/ping.view?u=ann&p=enc:736573616d65&v=1.15.0' }, ['736573616d65']],
  ['PASETO', text(`v2.local.${HEX}`), [HEX]],
  ['a JWT over strings', text(`t = "eyJhbGciOiJIUzI1NiJ9.eyJz" +\n  "${R.replace(/_/g, 'x')}abc";`), [R.slice(5, 9)]],
  ['an explicit key of YAML', yaml(`? password\n: ${P}\n`), [P]],
  ['a property over lines', said('text/x-java-properties', `db.password=${P}\\\n   ${R}\nb=1`), [P, R]],
  ['a PIN as a number', json({ cardPin: 8837 }), ['8837']],
  ...[
    'Gate code: ',
    'WLAN-Schlüssel: ',
    '認証コード: ',
    "SET PASSWORD FOR 'ann'@'x' = '",
    'ACL SETUSER ann on >',
    '[secrets]\ndb = ',
  ].map((before): PlantedRow => [before, text(`${before}${P}' ~*\n`), [P]]),
  ['a map of YAML', yaml(`secrets:\n  db: ${P}\n  api: ${R}\n`), [P, R]],
  ['a parameter of XML', said('application/xml', `<a><param name="password">${P}</param></a>`), [P]],
  [
    'two parameters of web.xml',
    said('application/xml', `<a><param-name>password</param-name><param-value>${P}</param-value></a>`),
    [P],
  ],
  ['a secret of a vault', json({ value: P, id: 'https://v.example/secrets/db/1' }), [P]],
  ['a key of SSH2', text(`---- BEGIN SSH2 PRIVATE KEY ----\n${HEX}\n---- END SSH2 PRIVATE KEY ----`), [HEX]],
  ...['Tu código es 482913', 'Use OTP 482913 for your transaction'].map(
    (said): PlantedRow => [said, text(said), ['482913']],
  ),
  ['below sessions', json({ sessions: [{ id: P, title: 'Opening' }], tokens: [S] }), [P, S]],
  // Binary messages: compressed one by one, in several pieces of base64, with short names, and of methods that log in.
  [
    'a compressed message of gRPC',
    called(zipped(pb(JWT)), 'application/grpc', 'grpc-encoding', 'gzip'),
    [b64(zipped(pb(JWT)))],
  ],
  [
    'of Connect',
    called(zipped(pb(JWT)), 'application/connect+proto', 'connect-content-encoding', 'gzip'),
    [b64(zipped(pb(JWT)))],
  ],
  [
    'in a coding that nobody knows',
    called(frame(Buffer.from(R), 1), 'application/grpc', 'grpc-encoding', 'snappy'),
    [b64(frame(Buffer.from(R), 1))],
  ],
  [
    'gRPC-Web in two pieces of base64',
    post('application/grpc-web-text', b64(frame(pb('ok'))) + b64(frame(pb(JWT)))),
    [b64(frame(pb(JWT)))],
  ],
  [
    'a method that logs in',
    { ...called(frame(pb(S)), 'application/grpc+proto'), target: '/auth.v1.Users/SignIn' },
    [S],
  ],
  [
    'a method that sets a password',
    { ...called(frame(pb(S)), 'application/grpc+proto'), target: '/x.Users/SetPassword' },
    [S],
  ],
  ['a name with a mark in protobuf', post('application/x-protobuf', Buffer.concat([pb('api_key'), pb(S)])), [S]],
  ['a short name in MessagePack', post('application/msgpack', Buffer.from(`\x81\xa3pwd\xac${S}`, 'latin1')), [S]],
];

export const WRITTEN_LOOKALIKES: readonly PlantedRow[] = [
  ['a challenge of Negotiate alone', answers('WWW-Authenticate', 'Negotiate'), ['Negotiate']],
  [
    'two challenges',
    answers('WWW-Authenticate', 'Negotiate, NTLM, Basic realm="x"'),
    ['Negotiate, NTLM, Basic realm='],
  ],
  ['prose about negotiating', text('We negotiate terms. Negotiate contracts2024 well.'), ['negotiate terms']],
  [
    'a UUID in a path',
    { target: '/orders/7f9c2ba4-e88f-4b7a-9d0e-1c2b3a4d5e6f/items' },
    ['7f9c2ba4-e88f-4b7a-9d0e-1c2b3a4d5e6f'],
  ],
  [
    'sessions by day',
    json({ sessions: { monday: { title: 'Opening' }, tuesday: { title: 'Close' } } }),
    ['monday', 'tuesday'],
  ],
  ['kinds that are no Secret', json({ kind: 'ConfigMap', data: { colour: 'red' } }), ['red']],
  ['a secretive kind', json({ kind: 'SecretSanta', data: { gift: 'book' } }), ['book']],
  ['a call in a sentence', text('The function login("Ann") returns b"x" and name=b"y".'), ['Ann', 'name=b']],
  ['a colour by name', text('color: rgb("a"), url("b.png")'), ['rgb', 'b.png']],
  ['prefix letters of other names', text(`city = b'Ulm'; place = String::from("Bonn")`), ['Ulm', 'Bonn']],
  ['a var_dump of a city', text(`["city"]=>\n  string(3) "Ulm"`), ['Ulm']],
  ['an attribute after a link', said('text/html', '<a href="?page=b" title="Ulm">x</a>'), ['page=b', 'Ulm']],
  [
    'an attribute after a token link',
    said('text/html', '<a href="?token=b" title="Ulm" data-n="Bonn">x</a>'),
    ['Ulm', 'Bonn'],
  ],
  ['a link with a call', said('text/html', '<a href="?token=f(" title="Ulm" data-n="Bonn">x</a>'), ['Bonn']],
  ['a hash map of products', json({ products: { 'SKU-2024-AB12-CD34-EF56': { n: 1 } } }), ['SKU-2024-AB12-CD34-EF56']],
  ['features by long names', json({ tokens: { primaryColorBackground500: '#fff' } }), ['primaryColorBackground500']],
  [
    'a challenge of Basic',
    answers('WWW-Authenticate', 'Basic realm="Shop of Ann", charset="UTF-8"'),
    ['Basic realm=', 'Shop of Ann', 'UTF-8'],
  ],
  [
    'a digest header',
    answers('Content-Digest', 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:'),
    ['X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE'],
  ],
  [
    'integrity of a script',
    said('text/html', '<script src="a.js" integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K"></script>'),
    ['sha384-oqVuAfXRKap7fdgcCY5uykM6'],
  ],
  ['a Host without a user', asks('Host', 'shop.example:8080'), ['shop.example:8080']],
  ['XML in XML about a city', said('application/xml', '<a>&lt;city&gt;Ulm&lt;/city&gt;</a>'), ['Ulm']],
  ['YAML of a map', yaml('kind: ConfigMap\ndata:\n  colour: red\n'), ['red']],
  [
    'a sentence about a field',
    text('Send the Authorization header: Bearer tokens are fine, Authorization Basic schemes too.'),
    ['tokens are fine', 'Basic schemes too'],
  ],
  [
    'sessions of a conference',
    json({ sessions: [{ title: 'Intro to Go', speaker: 'Jane', room: 5 }] }),
    ['Intro to Go', 'Jane', '5'],
  ],
  [
    'errors by field',
    json({ errors: { password: ['is too short (minimum is 8 characters)'] }, token: ['Ce champ est obligatoire.'] }),
    ['is too short', 'obligatoire'],
  ],
  ['endpoints', json({ paths: { '/oauth/token': { post: { summary: 'Get one' } } } }), ['Get one']],
  ['required fields', json({ required: ['email', 'password'] }), ['password']],
  ['login methods', json({ methods: ['client_secret_basic', 'client_secret_post'] }), ['client_secret_post']],
  ['permissions', json({ may: ['password:reset', 'apikey:create'] }), ['password:reset', 'apikey:create']],
  ['references', json({ secretArn: 'arn:aws:sm:x:1:secret:db', tokenId: 4242 }), ['arn:aws:sm', '4242']],
  [
    'a code of another kind',
    text('Your discount code: 2024, error code: 5003, your zip code is 94107'),
    ['2024', '5003', '94107'],
  ],
  [
    'quoted words with stars',
    text('say "hello" and "world"\nprice * quantity\n'),
    ['"hello" and "world"', 'price * quantity'],
  ],
  ['another game', { target: '/store?appid=440&p=2' }, ['appid=440', 'p=2']],
  [
    'a compressed message of an order',
    called(zipped(pb('two lamps')), 'application/grpc', 'grpc-encoding', 'gzip'),
    [b64(zipped(pb('two lamps')))],
  ],
  [
    'siblings of a map, and names of secrets',
    yaml('a:\n  tokens:\n    - name: regcred\n  colour: red\nsecrets:\n  db:\n    file: plain.txt\nsize: large\n'),
    ['regcred', 'red', 'plain.txt', 'large'],
  ],
];
