/**
 * Values that look like secrets in unexpected places but are not, and must stay readable. Written before their author
 * read the search code.
 */
import type { PlantedRow } from './planted-secrets.ts';
import { json, S, said, text, yaml } from './planting.ts';

export const UNTHOUGHT_LOOKALIKES: readonly PlantedRow[] = [
  [
    'a stream of a language model',
    said('text/event-stream', 'event: token\ndata: Hello\n\nevent: token\ndata: there\n\n'),
    ['Hello', 'there'],
  ],
  [
    'tokens of a language model',
    json({ type: 'token', text: 'Hello', usage: { prompt_tokens: 12, total_tokens: 46 }, max_tokens: 100 }),
    ['Hello', '12', '46', '100'],
  ],
  ['an error of another field', json({ detail: [{ loc: ['body', 'city'], msg: 'too short', input: 'Ulm' }] }), ['Ulm']],
  [
    'an error that echoes nothing',
    json({ errors: [{ field: 'password', code: 'Size', message: 'must have 8 characters at least' }] }),
    ['must have 8 characters', 'Size'],
  ],
  [
    'whether there is a secret',
    json({ has_password: true, mfa: false, hasToken: true, requireSecret: false }),
    ['has_password\\":true', 'mfa\\":false', 'hasToken\\":true', 'requireSecret\\":false'],
  ],
  [
    'how often',
    json({ password_attempts: 3, tokenTtl: 60, sessionTimeout: 900, secret_score: 4 }),
    ['password_attempts\\":3', 'tokenTtl\\":60', '900'],
  ],
  [
    'a notice of cookies',
    json({
      cookieBanner: { title: 'We use cookies', accept: 'Fine' },
      cookieConsent: 'accepted',
      cookie_notice: 'short',
    }),
    ['We use cookies', 'Fine', 'accepted', 'short'],
  ],
  [
    'texts of a form',
    json({
      passwordLabel: 'Your word',
      tokenPlaceholder: 'Paste it',
      password_error: 'Too short',
      secretTitle: 'Mine',
    }),
    ['Your word', 'Paste it', 'Too short', 'Mine'],
  ],
  [
    'columns and rows',
    json({
      columns: ['id', 'city'],
      rows: [
        [1, 'Ulm'],
        [2, 'Bonn'],
      ],
    }),
    ['Ulm', 'Bonn'],
  ],
  ['the other columns', json({ columns: ['id', 'password', 'city'], rows: [[17, S, 'Ulm']] }), ['17', 'Ulm']],
  ['a list of names', json({ fields: ['name', 'password', 'city'], required: ['name', 'city'] }), ['"name\\"', 'city']],
  [
    'the other fields',
    json({ rawHeaders: ['Host', 'x.example', 'X-Api-Key', S, 'Accept', 'text/html'] }),
    ['x.example', 'text/html'],
  ],
  [
    'a matrix',
    json([
      ['a', 'b'],
      ['c', 'd'],
    ]),
    ['\\"c\\",\\"d'],
  ],
  [
    'an object with a d and a k',
    json({ d: 'south', k: 'ten', p: 'five', q: 'shoes' }),
    ['south', 'ten', 'five', 'shoes'],
  ],
  [
    'a public key by JOSE',
    json({ keys: [{ kty: 'RSA', kid: 'one', e: 'AQAB', use: 'enc' }] }),
    ['RSA', 'one', 'AQAB', 'enc'],
  ],
  ['a text about cookies', text('Cookie: a small text that a browser keeps\nNext line\n'), ['Next line']],
  [
    'a port and a path',
    json({ u: 'http://x.example:8080/a@b/c', v: 'https://x.example/a:b@c' }),
    ['8080/a@b/c', '/a:b@c'],
  ],
  [
    'a copy by rsync',
    text('rsync -a web1:/srv/www /backup; grep -w needle file; tar -p -a x'),
    ['web1:/srv/www', 'needle'],
  ],
  ['YAML', yaml('name: shop of ann\nport: 5\nregion: eu west\n'), ['shop of ann', 'eu west']],
  ['YAML beside a secret', yaml(`password: ${S} two\nport: 5432\nhosts:\n  - one.example\n`), ['5432', 'one.example']],
  [
    'a path in JSON',
    json({ self: '/orders/17/items', next: '/orders?page=2' }),
    ['/orders/17/items', '/orders?page=2'],
  ],
  ['ways to sign in', { target: '/auth/google/callback' }, ['/auth/google/callback']],
  ['sessions of a conference', { target: '/sessions/opening' }, ['/sessions/opening']],
  [
    'steps of signing in, in JSON',
    json({ a: '/auth/providers', b: '/session/current' }),
    ['/auth/providers', '/session/current'],
  ],
  [
    'hexadecimal bytes',
    json({
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      trace: '4bf92f3577b34da6a3ce929d0e0e4736',
    }),
    ['e3b0c44298fc1c14', '4bf92f3577b34da6'],
  ],
  [
    'hexadecimal text',
    json({ raw: Buffer.from('hello, this is no more than text').toString('hex') }),
    [Buffer.from('hello, this').toString('hex')],
  ],
  ['an insertion', json({ sql: "INSERT INTO towns (name, river) VALUES ('Ulm', 'Donau')" }), ['Ulm', 'Donau']],
  [
    'a duplicate of another key',
    json({ error: "Duplicate entry 'Ulm' for key 'towns.name'", detail: 'Key (name)=(Bonn) already exists.' }),
    ['Ulm', 'Bonn'],
  ],
  ['Wi-Fi without a password', json({ qr: 'WIFI:T:nopass;S:Cafe;;' }), ['Cafe']],
  [
    'attributes of a cookie',
    { answerHeaders: ['Set-Cookie', 'a=b; Path=/shop; Domain=x.example; Max-Age=60; SameSite=Lax'], answer: '{}' },
    ['Path=/shop; Domain=x.example; Max-Age=60; SameSite=Lax'],
  ],
  [
    'short names before a hyphen',
    json({ a: 'r8_small', b: 'xai-grok', c: 'access-sandbox-mode', d: 'tskey-auth', e: 'gsk_one' }),
    ['r8_small', 'xai-grok', 'access-sandbox-mode'],
  ],
  ['a heredoc of another name', text('motd = <<EOT\nwelcome home\nEOT\n'), ['welcome home']],
  ['a dash that begins a text', said('text/plain', '-----\nNote: milk\n-----\n'), ['milk']],
  [
    'settings of something with a name',
    json({
      signature_style: 'formal',
      tokenColor: 'teal',
      passwordHelp: 'Read on',
      cookieName: 'XSRF-TOKEN',
      credentialProvider: 'entra',
    }),
    ['formal', 'teal', 'Read on', 'XSRF-TOKEN', 'entra'],
  ],
  [
    'a token that is a coin',
    json({ tokenName: 'Dai Stablecoin', tokenSymbol: 'DAI', tokenDecimal: '18' }),
    ['Dai Stablecoin', 'DAI', '18'],
  ],
  [
    'signatures that nobody signs with, and settings of cookies',
    json({
      csrfProtection: 'enabled',
      cookieSameSite: 'lax',
      cookieDomain: 'x.example',
      timeSignature: '3/4',
      keySignature: 'D major',
      methodSignature: 'void run(int)',
    }),
    ['enabled', 'lax', 'x.example', '3/4', 'D major', 'void run(int)'],
  ],
  [
    'advice below a label',
    json({ label: 'Password', text: 'Choose at least 8 characters' }),
    ['Choose at least 8 characters'],
  ],
  [
    'a heading and what it introduces',
    text('Passwords: how to choose one.\nPassword: a thriller in three acts'),
    ['how to choose one', 'a thriller in three acts'],
  ],
  [
    'permissions',
    json({ permissions: ['secrets:list', 'tokens:read', 'orders:read'] }),
    ['secrets:list', 'tokens:read'],
  ],
];
