/**
 * Secrets as strangers would plant them, written before their author read the search code: other languages, leetspeak,
 * files of particular tools, account numbers, credentials in base64.
 */
import { gzipSync } from 'node:zlib';
import type { Planted, PlantedRow } from './planted-secrets.ts';

const S = 'correcthorse';
const R = 'Zk81-qpLw_0Tm4';
const J = ['Content-Type', 'application/json'];
const said = (type: string, answer: string | Buffer): Planted => ({ answerHeaders: ['Content-Type', type], answer });
const json = (value: unknown): Planted => ({ answerHeaders: J, answer: JSON.stringify(value) });
const raw = (answer: string) => said('application/json', answer);
const post = (type: string, requestBody: string | Buffer): Planted => ({
  method: 'POST',
  headers: ['Content-Type', type],
  requestBody,
});
const form = (body: string) => post('application/x-www-form-urlencoded', body);
const b64 = (t: string | Buffer) => Buffer.from(t).toString('base64');
const b64url = (t: string) => Buffer.from(t).toString('base64url');
const JWT = `${b64url('{"typ":"JWT","alg":"RS256"}')}.${b64url('{"sub":"1"}')}.c2lnbmF0dXJlLW9mLWFubg`;
const CARD = '4242 4242 4242 4242';
const pb = (...parts: (string | Buffer)[]) =>
  Buffer.concat(
    parts.map((p, i) => {
      const b = Buffer.from(p);
      return Buffer.concat([Buffer.from([((i + 1) << 3) | 2, b.length]), b]);
    }),
  );
const frame = (m: Buffer) => {
  const h = Buffer.alloc(5);
  h.writeUInt32BE(m.length, 1);
  return Buffer.concat([h, m]);
};

export const STRANGERS_SECRETS: readonly PlantedRow[] = [
  // JSON keys in other languages
  ['json es', json({ contraseña: S, clave_secreta: 'otra' }), [S, 'otra']],
  ['json de Geheimnis', json({ geheimnis: S, Zugangscode: 'Apfelbaum' }), [S, 'Apfelbaum']],
  ['json de Passwort neu', json({ neuesPasswort: S, passwortWiederholen: 'birnbaum' }), [S, 'birnbaum']],
  [
    'json fr',
    json({ motDePasse: S, mot_de_passe_actuel: 'ananasss', code_secret: 'pommier' }),
    [S, 'ananasss', 'pommier'],
  ],
  ['json it', json({ parolaDOrdine: S, chiaveSegreta: 'banana' }), [S, 'banana']],
  ['json pt', json({ senhaAtual: S, novaSenha: 'laranja' }), [S, 'laranja']],
  ['json nl', json({ wachtwoord: S, geheim: 'appeltje' }), [S, 'appeltje']],
  ['json pl', json({ hasło: S, nowe_hasło: 'jablko' }), [S, 'jablko']],
  ['json ru', json({ пароль: S, секрет: 'jabloko', новый_пароль: 'grusha' }), [S, 'jabloko', 'grusha']],
  ['json uk', json({ пароль_користувача: S }), [S]],
  ['json el', json({ κωδικός_πρόσβασης: S }), [S]],
  ['json tr', json({ şifre: S, parola: 'elma' }), [S, 'elma']],
  ['json sv/da/fi', json({ lösenord: S, adgangskode: 'aeble', salasana: 'omena' }), [S, 'aeble', 'omena']],
  ['json ja', json({ パスワード: S, 暗証番号: '8315' }), [S, '8315']],
  ['json zh', json({ 密码: S, 口令: 'pingguo' }), [S, 'pingguo']],
  ['json ko', json({ 비밀번호: S, 암호: 'sagwa' }), [S, 'sagwa']],
  ['json ar/he', json({ كلمة_المرور: S, סיסמה: 'tapuach' }), [S, 'tapuach']],
  [
    'json hi/th/vi',
    json({ पासवर्ड: S, รหัสผ่าน: 'aepon', mật_khẩu: 'traitao', matkhau: 'duahau' }),
    [S, 'aepon', 'traitao', 'duahau'],
  ],
  ['json cs/hu/ro', json({ heslo: S, jelszó: 'alma', parolă: 'marul' }), [S, 'alma', 'marul']],
  // nested forms
  ['form in json', json({ body: `grant_type=password&username=ann&password=${S}` }), [S]],
  ['form in form', form(`payload=${encodeURIComponent(`user=ann&client_secret=${S}`)}`), [S]],
  ['json in form in json', json({ raw: `data=${encodeURIComponent(JSON.stringify({ pwd: S }))}` }), [S]],
  ['json in json in json', json({ a: JSON.stringify({ b: JSON.stringify({ passphrase: S }) }) }), [S]],
  ['form with semicolons', form(`user=ann;password=${S};ok=1`), [S]],
  ['php serialize', post('text/plain', `a:1:{s:8:"password";s:12:"${S}";}`), [S]],
  ['query string bracket', { target: `/a?login[0][passwd]=${S}` }, [S]],
  ['urlencoded plus name', form(`new+password=${S}`), [S]],
  // tokens
  ['jwt in path ext', { target: `/dl/${JWT}.pdf` }, [JWT]],
  ['jwt as host part', json({ u: `wss://x.example/s/${JWT}/events?x=1` }), [JWT]],
  ['jwt split cookie', { headers: ['Cookie', `jwt.header=${JWT.slice(0, 36)}; theme=dark; s=${S}`] }, [S]],
  [
    'GCP signed',
    {
      target: `/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=svc%40p.iam.gserviceaccount.com%2F2026&X-Goog-Date=2026&X-Goog-SignedHeaders=host&X-Goog-Signature=7d1d3a4b5c`,
    },
    ['7d1d3a4b5c'],
  ],
  ['GCS v2', { target: '/b/o?GoogleAccessId=svc@p.iam&Expires=1&Signature=abcdefGHIJ' }, ['abcdefGHIJ']],
  [
    'Azure SAS',
    json({ url: 'https://a.blob.core.windows.net/c/b?sv=2022-11-02&sr=b&se=2026&sp=r&sig=dHJhbGFsYQ%3D%3D' }),
    ['dHJhbGFsYQ'],
  ],
  [
    'CloudFront',
    { target: '/v.mp4?Policy=eyJTdGF0ZW1lbnQ&Signature=abcDEF~-_&Key-Pair-Id=K2JCJMDEHXQW5F' },
    ['abcDEF~-_'],
  ],
  ['Alibaba', { target: '/o?OSSAccessKeyId=LTAI4abcd&Expires=1&Signature=vjbyPxybd' }, ['vjbyPxybd', 'LTAI4abcd']],
  ['cookies odd', { headers: ['Cookie', `a=b; remember_me="${S}"; weird{=${R}; $Version=1`] }, [S, R]],
  [
    'set-cookie folded comma',
    { answerHeaders: ['Set-Cookie', `remember=${S}; HttpOnly`, 'set-cookie2', `x=${R}; Version=1`] },
    [S, R],
  ],
  [
    'graphql vars',
    post(
      'application/json',
      JSON.stringify({
        query: 'mutation($l:String!,$p:String!){login(login:$l,password:$p){id}}',
        variables: { l: 'ann', p: S },
      }),
    ),
    [S],
  ],
  [
    'graphql input object',
    post(
      'application/json',
      JSON.stringify({
        query: 'mutation L($in: LoginInput!){login(input:$in){id}}',
        variables: { in: { user: 'a', secretAnswer: S, pw: 'apple' } },
      }),
    ),
    [S, 'apple'],
  ],
  [
    'graphql inline in GET',
    { target: `/graphql?query=${encodeURIComponent(`{login(user:"a",password:"${S}"){id}}`)}` },
    [S],
  ],
  [
    'graphql GET vars',
    {
      target: `/graphql?query=${encodeURIComponent('query($p:String){me(apiKey:$p){id}}')}&variables=${encodeURIComponent(JSON.stringify({ p: S }))}`,
    },
    [S],
  ],
  ['xml attr mixed case', said('application/xml', `<conn userName="a" PassWord="${S}" />`), [S]],
  ['xml attr wsse', said('text/xml', `<add key="SmtpPassword" value="${S}"/>`), [S]],
  [
    'xml nested element',
    said('text/xml', `<credentials><user>a</user><password><value>${S}</value></password></credentials>`),
    [S],
  ],
  ['xml processing', said('text/xml', `<?conf password="${S}"?><a/>`), [S]],
  [
    'multipart name',
    post(
      'multipart/form-data; boundary=zz',
      `--zz\r\nContent-Disposition: form-data; name="user[password]"\r\n\r\n${S}\r\n--zz--\r\n`,
    ),
    [S],
  ],
  [
    'multipart name*',
    post(
      'multipart/form-data; boundary=zz',
      `--zz\r\nContent-Disposition: form-data; name*=UTF-8''pass%77ord\r\n\r\n${S}\r\n--zz--\r\n`,
    ),
    [S],
  ],
  [
    'multipart json part',
    post(
      'multipart/mixed; boundary="z z"',
      `--z z\r\nContent-Type: application/json\r\n\r\n{"otp":"991122"}\r\n--z z--\r\n`,
    ),
    ['991122'],
  ],
  ['SAML redirect', { target: `/sso?SAMLRequest=fZFfa8IwFMXf&RelayState=${R}` }, ['fZFfa8IwFMXf']],
  [
    'SAML assertion',
    said(
      'application/xml',
      `<saml:Assertion><saml:AttributeValue>x</saml:AttributeValue><ds:SignatureValue>${R}aaaa==</ds:SignatureValue></saml:Assertion>`,
    ),
    [R],
  ],
  ['userinfo', json({ remote: `https://deploy:${S}@git.example/x.git` }), [S]],
  ['userinfo token only', json({ remote: `https://${R}@git.example/x.git` }), [R]],
  ['userinfo ftp', said('text/plain', `wget ftp://bob:${S}@h/f`), [S]],
  ['card spaced', json({ note: `paid with ${CARD}` }), [CARD]],
  ['card dashed', json({ n: '5555-5555-5555-4444' }), ['5555-5555-5555-4444']],
  ['card number json num', raw('{"n":378282246310005}'), ['378282246310005']],
  ['card with cvc', json({ number: '4000056655665556', securityCode: '123' }), ['4000056655665556']],
  ['iban plain', json({ konto: 'DE89 3704 0044 0532 0130 00' }), ['3704 0044 0532']],
  ['iban compact', said('text/plain', 'pay to GB33BUKB20201555555555 today'), ['GB33BUKB20201555555555']],
  [
    'ado',
    json({ ConnectionStrings: { Default: `Data Source=db;Initial Catalog=x;User ID=sa;Pwd=${S};Encrypt=True` } }),
    [S],
  ],
  ['mongodb', json({ c: `mongodb+srv://app:${S}@c0.mongodb.net/x?retryWrites=true` }), [S]],
  [
    'azure storage',
    json({ c: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${R}==;EndpointSuffix=core.windows.net` }),
    [R],
  ],
  [
    'service bus',
    json({ c: `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${R}=` }),
    [R],
  ],
  ['oracle slash', json({ c: `jdbc:oracle:thin:scott/${S}@//db:1521/x` }), [S]],
  ['pem one line', json({ key: `-----BEGIN PRIVATE KEY-----\\nMIIE${R}\\n-----END PRIVATE KEY-----` }), [R]],
  [
    'pem openssh',
    said('text/plain', `-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn${R}\n-----END OPENSSH PRIVATE KEY-----\n`),
    [R],
  ],
  [
    'ppk',
    said('text/plain', `PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAgQ${R}\nPrivate-MAC: abcdef0123\n`),
    [R],
  ],
  [
    'aws',
    said(
      'text/plain',
      `aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`,
    ),
    ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI'],
  ],
  [
    'aws camel',
    json({ AccessKeyId: 'ASIAIOSFODNN7EXAMPLE', SecretAccessKey: 'abc/def+gh', SessionToken: 'IQoJb3' }),
    ['ASIAIOSFODNN7EXAMPLE', 'abc/def+gh', 'IQoJb3'],
  ],
  ['b64 user:pass query', { target: `/a?c=${b64(`ann:${S}9`)}` }, [b64(`ann:${S}9`)]],
  ['b64 user:pass header', { headers: ['X-Upstream', b64(`svc-reader:${R}`)] }, [b64(`svc-reader:${R}`)]],
  ['b64 user:pass mail', json({ auth_basic: b64(`ann@x.example:${S}`) }), [b64(`ann@x.example:${S}`)]],
  ['matrix', { target: `/shop;jsessionid=${S}/cart` }, [S]],
  ['matrix 2', { target: `/shop/cart;v=2;PHPSESSID=${S}?x=1` }, [S]],
  ['matrix url in header', { headers: ['Referer', `https://x/a;sid=${S}`] }, [S]],
  ['ndjson', said('application/x-ndjson', `{"a":1}\n{"refresh_token":"${S}"}\n`), [S]],
  ['ndjson bad line', said('application/x-ndjson', `{"a":1}\n{"refresh_token":"${S}"\n`), [S]],
  ['sse', said('text/event-stream', `event: login\ndata: {"token":\ndata: "${S}"}\n\n`), [S]],
  ['sse key line', said('text/event-stream', `id: 1\ndata: password=${S}\n\n`), [S]],
  ['grpc', post('application/grpc', frame(pb('ann', `password: ${S}`))), [S]],
  ['protobuf token', post('application/x-protobuf', pb('ann', JWT)), [JWT]],
  [
    'grpc-web-text',
    post('application/grpc-web-text', b64(frame(pb('a', `password=${S}`)))),
    [b64(frame(pb('a', `password=${S}`)))],
  ],
  ['gzip inside json b64', json({ z: b64(gzipSync(`{"password":"${S}"}`)) }), [b64(gzipSync(`{"password":"${S}"}`))]],
  // leet
  ['leet', form(`p4ssw0rd=${S}&pa55word=otherone&s3cr3t=third`), [S, 'otherone', 'third']],
  ['leet json', json({ 'p@ssword': S, pa$$word: 'otherone', '4p1k3y': 'third' }), [S, 'otherone', 'third']],
  ['leet t0ken', json({ t0ken: S, acc3ss_t0k3n: 'otherone' }), [S, 'otherone']],
  // sentences
  ['sentence', json({ message: 'my password is hunter2' }), ['hunter2']],
  ['sentence word', json({ message: 'Hi, my password is hunter, please log in for me' }), ['hunter,']],
  ['sentence pw', json({ t: 'the wifi password is "sesame street"' }), ['sesame']],
  ['sentence colon', json({ t: 'login: ann password: sesame thanks' }), ['sesame']],
  ['sentence de', json({ t: 'Mein Passwort ist hunter2.' }), ['hunter2']],
  ['sentence fr', json({ t: 'mon mot de passe est hunter2' }), ['hunter2']],
  ['sentence es', json({ t: 'mi contraseña es hunter2' }), ['hunter2']],
  ['sentence arrow', json({ t: 'password -> hunter2' }), ['hunter2']],
  ['sentence pin', json({ t: 'My PIN is 4711' }), ['4711']],
  ['sentence slash', json({ t: 'user/pass: ann/hunter2' }), ['hunter2']],
  ['sentence use', json({ t: 'Use hunter2 as your password' }), ['hunter2']],
  ['csv', said('text/csv', `user,Passwort\nann,${S}\n`), [S]],
  ['cmd mysql', said('text/plain', `mysql -uroot -p${S} shop`), [S]],
  ['cmd sshpass', said('text/plain', `sshpass -p ${S} ssh host`), [S]],
  ['netrc', said('text/plain', `machine h login ann password ${S}`), [S]],
  ['htpasswd', said('text/plain', `ann:$apr1$x0$Zk81qpLw0Tm4abc`), ['$apr1$x0$Zk81qpLw0Tm4abc']],
  ['bcrypt', json({ h: '$2b$12$KIXQ4S8ZC0Q0l7v9d3m1UuZk81qpLw0Tm4abcdefghijklmnopqr' }), ['KIXQ4S8ZC0Q0l7v9d3m1Uu']],
  ['argon2', json({ h: '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b27d4' }), ['RdescudvJCsgt3ub']],
  ['basic b64 admin', json({ c: b64('admin:changeme') }), [b64('admin:changeme')]],
  ['basic b64 hunter2', json({ c: b64('alice:hunter2') }), [b64('alice:hunter2')]],
  [
    'basic b64 pw123, again',
    said('text/plain', `registry auth ${b64('ci-bot:Passw0rd!')} end`),
    [b64('ci-bot:Passw0rd!')],
  ],
  ['docker config', json({ auths: { 'r.example': { auth: b64('ci:correct') } } }), [b64('ci:correct')]],
  [
    'leet, again',
    json({ pa55w0rd: S, '5ecret': 'otherone', adm1n_p4ssw0rd: 'third', cl1ent_s3cret: 'fourth' }),
    [S, 'otherone', 'third', 'fourth'],
  ],
  ['leet end', json({ s3cr37: S }), [S]],
  ['leet q', { target: '/a?p%40ssw0rd=correcthorse&passw0rd2=otherone' }, [S, 'otherone']],
  ['leet text', said('text/plain', 'p4ssw0rd=correcthorse\nt0ken: otherone'), [S, 'otherone']],
  [
    'sentences, again',
    json({
      a: 'Our new password is sesame.',
      b: 'mein Passwort ist sommer, bitte',
      c: 'your temporary password is sunshine',
    }),
    ['sesame', 'sommer', 'sunshine'],
  ],
  ['sentence fr', json({ c: 'Bonjour, mon mot de passe est soleil.' }), ['soleil']],
  [
    'iban others, again',
    json({ a: 'NL91 ABNA 0417 1643 00', b: 'FR1420041010050500013M02606', c: 'CH93 0076 2011 6238 5295 7' }),
    ['0417 1643', '20041010050500013M02606', '0076 2011 6238'],
  ],
  ['iban in url', { target: '/pay?to=DE89370400440532013000' }, ['DE89370400440532013000']],
  [
    'shadow, again',
    said(
      'text/plain',
      'root:$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/:19000',
    ),
    ['qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSI'],
  ],
  [
    'django, again',
    json({ h: 'pbkdf2_sha256$600000$abcdefgh$Zk81qpLw0Tm4Zk81qpLw0Tm4Zk81qpLw0Tm4abcde8=' }),
    ['Zk81qpLw0Tm4Zk81'],
  ],
  [
    'ldap, again',
    said('text/plain', 'userPassword: {SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr'),
    ['0c0blFTXXNuAMHECS4uxrj3ZieMoWImr'],
  ],
  [
    'names, again',
    json({
      lozinka: S,
      zaporka: 'jabuka',
      katasandi: 'apelmerah',
      salasõna: 'ounapuu',
      slaptažodis: 'obuolys',
      geslo: 'jabolko',
    }),
    [S, 'jabuka', 'apelmerah', 'ounapuu', 'obuolys', 'jabolko'],
  ],
  ['names zh', json({ 旧密码: S, 新密码: 'lizi', 登录密码: 'xiangjiao' }), [S, 'lizi', 'xiangjiao']],
  ['names ja', json({ 新しいパスワード: S, ログインパスワード: 'mikan' }), [S, 'mikan']],
  [
    'names form, again',
    form(`${encodeURIComponent('contraseña')}=${S}&${encodeURIComponent('пароль')}=jabloko`),
    [S, 'jabloko'],
  ],
  [
    'xml names, again',
    said('application/xml', `<Kennwort>${S}</Kennwort><motDePasse>pomme</motDePasse>`),
    [S, 'pomme'],
  ],
  ['sqlplus', json({ c: 'sqlplus -s scott/tiger@orcl @x.sql' }), ['tiger']],
  ['mysqldump', json({ c: "mysqldump -h db -u root -p'correcthorse' shop" }), [S]],
  ['php', said('text/plain', 'O:4:"User":1:{s:10:"user_token";s:6:"abcdef";}'), ['abcdef']],
  ['card num', raw('{"cards":[5555555555554444,6011111111111117]}'), ['5555555555554444', '6011111111111117']],
];
