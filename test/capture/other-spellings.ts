/**
 * The same secrets in other spellings, places and encodings than in `planted-secrets.ts`, each in a probe of its own.
 */
import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Planted, PlantedRow } from './planted-secrets.ts';

const S = 'S3CR3T-abcdefgh';
const J = ['Content-Type', 'application/json'];
const both = (answerHeaders: readonly string[], answer: string | Buffer): Planted => ({ answerHeaders, answer });
const post = (type: string, requestBody: string | Buffer): Planted => ({
  method: 'POST',
  headers: ['Content-Type', type],
  requestBody,
});
const b64 = (text: string) => Buffer.from(text).toString('base64');

const part = (head: string, content = S) => `--b\r\n${head}\r\n\r\n${content}\r\n--b--\r\n`;
/** A part in a message of its own, with the type of one that has parts. */
const within = (mark: string, part: string) =>
  `${mark === 'b' ? '' : `Content-Type: multipart/mixed; boundary=${mark}\r\n\r\n`}--${mark}\r\n${part}\r\n--${mark}--\r\n`;

export const OTHER_SPELLINGS: readonly PlantedRow[] = [
  ['json key fullwidth escape \\u0050', both(J, `{"\\u0050assw\\u006frd":"${S}"}`), [S]],
  ['json key spaces " password "', both(J, `{" password ":"${S}"}`), [S]],
  ['json key password: colon', both(J, `{"password:":"${S}"}`), [S]],
  ['json key user.password dotted', both(J, `{"user.password":"${S}"}`), [S]],
  ['json key db-password-2', both(J, `{"db_password_2":"${S}"}`), [S]],
  ['json key password1', both(J, `{"password1":"${S}"}`), [S]],
  ['json key PASSWORD_OLD', both(J, `{"OLD_PASSWORD":"${S}","passwordOld":"${S}"}`), [S]],
  ['json array of pairs key', both(J, `{"entries":[{"key":"api_token","value":"${S}"}]}`), [S]],
  ['json {"k":"password","v":}', both(J, `[{"k":"password","v":"${S}"}]`), [S]],
  ['json {"field":"password","newValue"}', both(J, `[{"field":"password","oldValue":"${S}","newValue":"${S}"}]`), [S]],
  ['json {"name":"password","values":[..]}', both(J, `[{"name":"password","values":["${S}"]}]`), [S]],
  ['json {"id":"password","text":}', both(J, `[{"id":"password","text":"${S}"}]`), [S]],
  ['json headers map array', both(J, `{"headers":[["Authorization","Bearer ${S}"]]}`), [S]],
  ['json headers object list', both(J, `{"headers":[{"name":"Authorization","value":"Bearer ${S}"}]}`), [S]],
  ['json curl in string', both(J, `{"cmd":"curl -u admin:${S} https://h"}`), [S]],
  ['json curl header', both(J, `{"cmd":"curl -H 'X-Api-Key: ${S}' https://h"}`), [S]],
  ['json connection string', both(J, `{"dsn":"Server=h;User Id=sa;Password=${S};"}`), [S]],
  ['json jdbc url', both(J, `{"url":"jdbc:postgresql://h/db?user=u&password=${S}"}`), [S]],
  ['json amqp url', both(J, `{"url":"amqp://u:${S}@h:5672/"}`), [S]],
  ['json redis url no user', both(J, `{"url":"redis://:${S}@h:6379"}`), [S]],
  ['json env text', both(J, `{"env":"A=1\\nDB_PASSWORD=${S}\\nB=2"}`), [S]],
  ['yaml', both(['Content-Type', 'application/yaml'], `user: a\npassword: ${S}\n`), [S]],
  ['yaml quoted list', both(['Content-Type', 'text/yaml'], `- name: x\n  apiToken: "${S}"\n`), [S]],
  ['toml', both(['Content-Type', 'application/toml'], `[db]\npassword = "${S}"\n`), [S]],
  ['ini', both(['Content-Type', 'text/plain'], `[db]\npassword=${S}\n`), [S]],
  ['html meta csrf', both(['Content-Type', 'text/html'], `<meta name="csrf-token" content="${S}">`), [S]],
  ['html data attr', both(['Content-Type', 'text/html'], `<div data-api-key="${S}"></div>`), [S]],
  ['html script config', both(['Content-Type', 'text/html'], `<script>window.cfg={apiKey:'${S}'}</script>`), [S]],
  ['html script single var', both(['Content-Type', 'text/html'], `<script>var authToken = "${S}";</script>`), [S]],
  ['html textarea', both(['Content-Type', 'text/html'], `<textarea name="private_key">${S}</textarea>`), [S]],
  [
    'html input value first',
    both(['Content-Type', 'text/html'], `<input value='${S}' type=hidden name=authenticity_token>`),
    [S],
  ],
  ['html select', both(['Content-Type', 'text/html'], `<input type="password" value="${S}">`), [S]],
  ['xml attr', both(['Content-Type', 'application/xml'], `<user password='${S}'/>`), [S]],
  ['xml cdata', both(['Content-Type', 'application/xml'], `<password><![CDATA[${S}]]></password>`), [S]],
  ['xml ns', both(['Content-Type', 'application/soap+xml'], `<wsse:Password Type="t">${S}</wsse:Password>`), [S]],
  ['xml comment', both(['Content-Type', 'application/xml'], `<a><!-- password=${S} --></a>`), [S]],
  ['xml entity name', both(['Content-Type', 'application/xml'], `<prop name="pass&#119;ord">${S}</prop>`), [S]],
  ['plist', both(['Content-Type', 'application/xml'], `<dict><key>password</key><string>${S}</string></dict>`), [S]],
  [
    'xmlrpc',
    post('text/xml', `<struct><member><name>password</name><value><string>${S}</string></value></member></struct>`),
    [S],
  ],
  [
    'multipart name without quotes',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name=password\r\n\r\n${S}\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'multipart name*',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name*=UTF-8''pass%77ord\r\n\r\n${S}\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'multipart json part',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="doc"\r\nContent-Type: application/json\r\n\r\n{"token":"${S}"}\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'multipart mixed batch',
    post(
      'multipart/mixed; boundary=b',
      `--b\r\nContent-Type: application/http\r\n\r\nGET /x HTTP/1.1\r\nAuthorization: Bearer ${S}\r\n\r\n--b--\r\n`,
    ),
    [S],
  ],
  [
    'multipart base64 part',
    post(
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="password"\r\nContent-Transfer-Encoding: base64\r\n\r\n${b64(S)}\r\n--b--\r\n`,
    ),
    [S, b64(S)],
  ],
  ...(
    [
      ['folded', `--b\r\nContent-Disposition: form-data;\r\n\tname="password"\r\n\r\n${S}\r\n--b--\r\n`],
      ['within a part', within('b', within('c', `Content-Disposition: form-data; name="token"\r\n\r\n${S}`))],
      [
        'within parts that nobody follows',
        ['b', 'c', 'd', 'e', 'f', 'g'].reduceRight(
          (part, mark) => within(mark, part),
          `Content-Disposition: form-data; name="token"\r\n\r\n${S}`,
        ),
      ],
      [
        'json in quoted-printable',
        within(
          'b',
          `Content-Transfer-Encoding: quoted-printable\r\nContent-Type: application/json\r\n\r\n{"pass=77ord":"${S}"}`,
        ),
      ],
      ['two names', part('Content-Disposition: form-data; name="password"; name="a"')],
      [
        'two dispositions',
        part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="password"'),
      ],
      ['a name in pieces', part('Content-Disposition: form-data; name*0="pass"; name*1="word"')],
      ['a name in an encoded word', part('Content-Disposition: form-data; name="=?UTF-8?B?cGFzc3dvcmQ=?="')],
      ['a name behind 9 kB', part(`X-A: ${'y'.repeat(9_000)}\r\nContent-Disposition: form-data; name="password"`)],
      [
        'a mail',
        part(
          'Content-Type: message/rfc822',
          `Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Disposition: form-data; name="password"\r\n\r\n${S}\r\n--c--`,
        ),
      ],
    ] as const
  ).map(
    ([where, body]): PlantedRow => [`multipart part, ${where}`, post('multipart/form-data; boundary=b', body), [S]],
  ),
  [
    'multipart in json',
    post('application/json', JSON.stringify({ raw: part('Content-Disposition: form-data; name="password"') })),
    [S],
  ],
  [
    'multipart in a form',
    post(
      'application/x-www-form-urlencoded',
      `raw=${encodeURIComponent(part('Content-Disposition: form-data; name="password"'))}`,
    ),
    [S],
  ],
  [
    'form nested json value',
    post('application/x-www-form-urlencoded', `payload=${encodeURIComponent(`{"token":"${S}"}`)}`),
    [S],
  ],
  ['form semicolon sep', post('application/x-www-form-urlencoded', `a=1;password=${S}`), [S]],
  ['form plus name', post('application/x-www-form-urlencoded', `new+password=${S}`), [S]],
  ['form text/plain enctype', post('text/plain', `user=a\r\npassword=${S}\r\n`), [S]],
  ['query case + dot', { target: `/a?user.Password=${S}` }, [S]],
  ['query semicolon', { target: `/a?x=1;token=${S}` }, [S]],
  ['query json', { target: `/a?filter=${encodeURIComponent(`{"apiKey":"${S}"}`)}` }, [S]],
  ['query b64 json', { target: `/a?d=${encodeURIComponent(b64(`{"apiKey":"${S}"}`))}` }, [S, b64(`{"apiKey":"${S}"}`)]],
  ['query name triple encoded', { target: `/a?%2574oken=${S}` }, [S]],
  ['query headers param', { target: `/a?Authorization=Bearer%20${S}` }, [S]],
  ['path user:pass', { target: `/proxy/https://u:${S}@h/x` }, [S]],
  ['path token/..', { target: `/api/token/${S}/refresh` }, [S]],
  ['path api-key', { target: `/v1/apikey=${S}/x` }, [S]],
  ['absolute target', { target: `http://u:${S}@h/a` }, [S]],
  ['hdr X-Custom json', { headers: ['X-Context', `{"token":"${S}"}`] }, [S]],
  ['hdr X-Ctx b64 json', { headers: ['X-Context', b64(`{"token":"${S}"}`)] }, [S, b64(`{"token":"${S}"}`)]],
  ['hdr Baggage', { headers: ['Baggage', `userToken=${S},a=b`] }, [S]],
  ['hdr Via params', { headers: ['X-Forwarded-Uri', `/a?access_token=${S}`] }, [S]],
  ['hdr Forwarded', { headers: ['X-Envoy-Original-Path', `/a?sig=${S}`] }, [S]],
  ['hdr Destination', { headers: ['Destination', `https://h/a?token=${S}`] }, [S]],
  ['hdr Content-Location', both(['Content-Location', `/a?token=${S}`], '{}'), [S]],
  ['hdr Authentication-Info', both(['Authentication-Info', `nextnonce="${S}"`], '{}'), [S]],
  ['hdr X-Amz-Cf sign cookie', both(['Set-Cookie', `CloudFront-Policy=${S}; Path=/; Domain=x`], '{}'), [S]],
  ['hdr Set-Cookie no value', both(['Set-Cookie', `${S}; Path=/`], '{}'), [S]],
  ['hdr Cookie quoted', { headers: ['Cookie', `a="${S}"; b=${S}`] }, [S]],
  ['hdr Cookie nameless', { headers: ['Cookie', `${S}`] }, [S]],
  ['hdr X-API-KEY2', { headers: ['X-Api-Key-V2', S, 'X-Secret', S, 'Token', S, 'X-Token', S, 'Secret-Token', S] }, [S]],
  [
    'hdr X-Shopify',
    {
      headers: [
        'X-Shopify-Hmac-Sha256',
        S,
        'X-Twilio-Signature',
        S,
        'X-Slack-Signature',
        S,
        'X-Auth-Key',
        S,
        'X-Auth-User',
        S,
      ],
    },
    [S],
  ],
  [
    'hdr Ocp-Apim',
    { headers: ['Ocp-Apim-Subscription-Key', S, 'X-Plex-Token', S, 'X-Parse-Rest-Api-Key', S, 'X-Rapidapi-Key', S] },
    [S],
  ],
  ['hdr Digest auth', { headers: ['Authorization', `Digest username="u", response="${S}", nonce="n"`] }, [S]],
  ['graphql alias', post('application/json', `{"query":"mutation{a:login(input:{password:\\"${S}\\"}){id}}"}`), [S]],
  [
    'graphql block string',
    post('application/json', `{"query":"mutation{login(password:\\"\\"\\"${S}\\"\\"\\")}"}`),
    [S],
  ],
  ['graphql content type', post('application/graphql', `mutation{login(password:"${S}")}`), [S]],
  [
    'graphql default var',
    post('application/json', `{"query":"mutation($password:String=\\"${S}\\"){l(p:$password)}"}`),
    [S],
  ],
  [
    'graphql batch',
    post('application/json', `[{"query":"query($t:String){me(token:$t)}","variables":{"t":"${S}"}}]`),
    [S],
  ],
  [
    'SSE multi data',
    both(['Content-Type', 'text/event-stream'], `event: x\ndata: {"a":1,\ndata: "token":"${S}"}\n\n`),
    [S],
  ],
  ['SSE id', both(['Content-Type', 'text/event-stream'], `data: token=${S}\n\n`), [S]],
  ['ndjson cut', both(['Content-Type', 'application/x-ndjson'], `{"a":1}\n{"password":"${S}`), [S]],
  ['json truncated mid', both(J, `{"a":1,"password":"${S}`), [S]],
  ['json with trailing comma', both(J, `{"password":"${S}",}`), [S]],
  ['json5 unquoted', both(['Content-Type', 'application/json5'], `{password:'${S}'}`), [S]],
  ['json number secret', both(J, `{"pin":48213377,"otp":991823}`), ['48213377', '991823']],
  ['json in json in json', both(J, JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: S }) }) })), [S]],
  ['csv', both(['Content-Type', 'text/csv'], `user,password\na,${S}\n`), [S]],
  ['csv semicolon quoted', both(['Content-Type', 'text/csv'], `"user";"api key"\n"a";"${S}"\n`), [S]],
  ['tsv', both(['Content-Type', 'text/tab-separated-values'], `user\tpassword\na\t${S}\n`), [S]],
  ['br json', both([...J, 'Content-Encoding', 'br'], brotliCompressSync(`{"password":"${S}"}`)), [S]],
  ['raw deflate', both([...J, 'Content-Encoding', 'deflate'], deflateRawSync(`{"password":"${S}"}`)), [S]],
  ['double gzip', both([...J, 'Content-Encoding', 'gzip, gzip'], gzipSync(gzipSync(`{"password":"${S}"}`))), [S]],
  ['gzip without label', both(J, gzipSync(`{"password":"${S}"}`)), [S]],
  ['zstd', both([...J, 'Content-Encoding', 'zstd'], zstdCompressSync(`{"password":"${S}"}`)), [S]],
  [
    'utf-16be',
    both(
      ['Content-Type', 'application/json; charset=utf-16be'],
      Buffer.from(`{"password":"${S}"}`, 'utf16le').swap16(),
    ),
    [S],
  ],
  [
    'utf-16 no charset',
    both(J, Buffer.from(`{"password":"${S}"}`, 'utf16le')),
    [S, Buffer.from(S, 'utf16le').toString('latin1')],
  ],
  ['utf-32', both(J, Buffer.from([...`{"password":"${S}"}`].flatMap((c) => [c.charCodeAt(0), 0, 0, 0]))), [S]],
  ['utf-7 charset', both(['Content-Type', 'text/plain; charset=utf-7'], `password=${S}`), [S]],
  ['js module', both(['Content-Type', 'text/javascript'], `export const API_KEY = "${S}";`), [S]],
  ['js template', both(['Content-Type', 'text/javascript'], `const password = \`${S}\`;`), [S]],
  ['js assign bracket', both(['Content-Type', 'text/javascript'], `cfg['apiKey'] = '${S}'`), [S]],
  ['log line', both(['Content-Type', 'text/plain'], `2026 INFO login user=a password="${S}" ok`), [S]],
  ['log line colon', both(['Content-Type', 'text/plain'], `Authorization: Bearer ${S}`), [S]],
  ['http dump', both(['Content-Type', 'message/http'], `GET / HTTP/1.1\r\nCookie: sid=${S}\r\n\r\n`), [S]],
  [
    'vcf / pem',
    both(['Content-Type', 'text/plain'], `-----BEGIN PRIVATE KEY-----\nMIIEvQ${S}\n-----END PRIVATE KEY-----`),
    [S],
  ],
  [
    'protobuf-ish grpc',
    both(
      ['Content-Type', 'application/grpc'],
      Buffer.concat([
        Buffer.from([0, 0, 0, 0, 30, 10, 8]),
        Buffer.from('password'),
        Buffer.from([18, 15]),
        Buffer.from(S),
      ]),
    ),
    [S],
  ],
  [
    'msgpack',
    both(
      ['Content-Type', 'application/msgpack'],
      Buffer.concat([Buffer.from([0x81, 0xa8]), Buffer.from('password'), Buffer.from([0xaf]), Buffer.from(S)]),
    ),
    [S],
  ],
  [
    'cbor',
    both(
      ['Content-Type', 'application/cbor'],
      Buffer.concat([Buffer.from([0xa1, 0x68]), Buffer.from('password'), Buffer.from([0x6f]), Buffer.from(S)]),
    ),
    [S],
  ],
  ['json merge key case kebab', both(J, `{"Pass-Phrase":"${S}","pass phrase":"${S}"}`), [S]],
  [
    'json other languages',
    both(J, `{"motDePasse":"${S}","contraseña":"${S}","senha":"${S}","wachtwoord":"${S}"}`),
    [S],
  ],
  [
    'json passkey etc',
    both(J, `{"secretAnswer":"${S}","security_answer":"${S}","mnemonic":"${S}","seedPhrase":"${S}"}`),
    [S],
  ],
  ['json webhook', both(J, `{"webhook_url":"https://hooks.slack.com/services/T000/B000/${S}"}`), [S]],
  ['json bank', both(J, `{"sortCode":"12-34-56","accountNumber":"12345678","bic":"DEUTDEFF"}`), ['12345678']],
  ['json accent compat', both(J, `{"ｐａｓｓｗｏｒｄ":"${S}"}`), [S]],
  ['hdr WWW-Authenticate nonce', both(['WWW-Authenticate', `Digest realm="x", nonce="${S}"`], '{}'), [S]],
  ['hdr Digest cnonce', { headers: ['Proxy-Authorization', `Digest username="u", cnonce="${S}"`] }, [S]],
  ['wget in a string', both(J, `{"cmd":"wget --user=admin:${S} https://h"}`), [S]],
];
