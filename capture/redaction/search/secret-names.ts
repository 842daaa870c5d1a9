/**
 * The one list of secret names for header fields, cookies, parameters, JSON keys, XML names and path segments. Names
 * are folded before they are looked up: `X-Api-Key`, `apiKey`, `API_KEY` and `user[api-key]` are the same name.
 */

/** Personal data that is redacted in addition to secrets. Each rule can be switched off. */
export const PERSONAL_RULES = ['email', 'phone', 'card', 'address'] as const;
export type PersonalRule = (typeof PERSONAL_RULES)[number];

/**
 * - `part`: secret when any word of a name is it, or the folded name ends with it (`accesstoken`)
 * - `word`: secret when any word of a name is it
 * - `whole`: secret when the folded name is it
 * - `parameter`: as `whole`, in queries and forms only
 * - `last`: secret when the last word of several is it (`smtp_pass`)
 * - `random`: as `word`, when the value looks random
 */
type Match = 'part' | 'word' | 'whole' | 'parameter' | 'last' | 'random';

export const SECRET_NAMES: Readonly<Record<Match, string>> = {
  part: `accesscode doorcode accesskey accesskeyid accesskeys accesstokens accountkey accountnumber apikey apikeys appcheck assertion authkey
    authorization authstate authtokens authuser cardnumber clientcert clientcertificate consumerkey cookie
    cookies credential credentials creditcard csrf deploykey devicekey encryptionkey functionskey hostkey gatecode wifikey wlankey jwt
    kennwort licensekey masterkey oauthverifier passcode passphrase passwd password passwords passwort pincode
    privatekey privatekeys githuboauth gitlaboauth bitbucketoauth honeycombteam jenkinscrumb macaroon macaroons
    cardpin atmpin simpin userpin loginpin accesspin accountpin currentpin newpin oldpin pinnumber publishkey refreshtokens routingnumber samlrequest samlresponse secret secretkey secrets
    recoverycode recoverycodes backupcode backupcodes emergencycode emergencycodes scratchcode scratchcodes pairingcode securitycode
    devicecode usercode seedphrase seedwords recoveryphrase mnemonic securityanswer manualentrykey networkkey privkey keypass storepass
    securehash verificationvalue communitystring snmpcommunity readcommunity rocommunity rwcommunity writecommunity motdepasse
    servicekey sessid sessionid sessionkey sharedkey signature signatures signingkey socialsecuritynumber sslcert
    storagekey subscriptionkey taxid token webhookurl xsrf
    chiavesegreta claveacceso clavedeacceso clavesecreta clésecrète codesecret codicesegreto códigosecreto geheimnis geheimzahl
    geheimschlüssel wlanschlüssel netzwerkschlüssel katalaluan katasandi mậtkhẩu palavrapasse zugangscode zugangsschlüssel κωδικόςπρόσβασης סיסמה كلمةالسر كلمةالمرور
    رمزعبور گذرواژه पासवर्ड पासवोर्ड পাসওয়ার্ড รหัสผ่าน 口令 密码 密碼 パスワード 暗証番号 認証コード 確認コード 验证码 驗證碼 인증번호 비밀번호 암호`,
  word: `bearer cnonce creds cvc cvv dpop hmac iban jwe jws mfa nextnonce nonce otp passkey psk tlspsk pwd rspauth sid ssn totp
    adgangskode contraseña contrasenya contrasinal geslo hasło heslo jelszó lozinka lykilorð lösenord pasahitza parola parole parool
    passord salasana salasõna senha slaptažodis wachtwoord zaporka şifre пароль парола секрет`,
  whole: 'auth geheim pan pass pin pw session sessions sig tokens xauth',
  parameter: 'code key',
  last: 'pass pw',
  random: `access auth cert challenge code confirmation crumb grant invitation invite key license login magic pass pat pin reset
    salt seed session sessions share sig sign state ticket tokens unlock verification verifier`,
};

/** Last words of names that describe a secret but do not hold it: `token_type`, `passwordPolicy`. */
const ABOUT = new Set(
  `age algorithm arn at attempts audience banner budget button caption changed color colour consent count created decimal decimals description domain enabled
  endpoint error errors exp expired expires expiration expiry format heading help icon in invalid issuer label length lifetime limit limits max
  message method min mode name notice pattern placeholder policy protection provider quota ref regex required requirements rules scope scopes score site status strategy strength style styles
  subtitle supply supported symbol timeout title tooltip ts ttl type types updated uri url usage used valid verified version`.split(
    /\s+/,
  ),
);
/** What a `signature` is of that nobody signs with: `timeSignature`, `methodSignature`. */
const UNSIGNED = new Set(['call', 'function', 'key', 'method', 'operation', 'time', 'type']);
export const PERSONAL_NAMES: Readonly<Record<PersonalRule, Readonly<Partial<Record<Match, string>>>>> = {
  email: { part: 'email emailaddress mailaddress', whole: 'mail emails' },
  phone: { part: 'phone phonenumber mobilenumber msisdn' },
  card: {},
  address: {
    part: 'clientip connectingip realip remoteaddr remoteip userip ipaddress forwardedfor',
    whole: 'ip forwarded xenvoyexternaladdress',
  },
};

/** Words that make a name of several words secret if they come last. */
const LAST_WORDS = ['key', 'code', 'código', 'codice', 'number', 'phrase', 'answer', 'card', 'cert'];

/** Fields in which a load balancer, or a proxy with a login, describes a customer's identity. */
const SECRET_FIELDS =
  /^x-(?:amzn-(?:oidc|mtls)-|apigateway-api-userinfo|auth-request-|authentik-|endpoint-api-userinfo|forwarded-(?:client-cert|groups|preferred-username|user$)|goog-(?:iap|authenticated)|ms-(?:token|client-principal)|pomerium-|remote-(?:user|group)|webauth-)|^(?:remote-(?:user|groups?|name)|tailscale-user-.*)$/;
/** Fields with a secret's name that hold none: permissions of a browser (Fetch), or a challenge (RFC 9110, 11.6.1). */
const OPEN_FIELDS =
  /^(?:access-control-|idempotency-key$|sec-(?!websocket-protocol)|www-authenticate$|proxy-authenticate$)/;

/** Matches names anywhere in binary data, where they have no delimiters; short ones only as a whole string. */
const MENTIONED = new RegExp(SECRET_NAMES.part.split(/\s+/).join('|'), 'i');
const NAMED = new RegExp(
  `(?<![\\x20-\\x7e])(?:${`${SECRET_NAMES.word} ${SECRET_NAMES.whole}`.split(/\s+/).join('|')})(?![\\x20-\\x7e])`,
  'i',
);

/** Whether bytes of a binary format, such as MessagePack, name a secret. */
export function mentionsSecret(latin1: string): boolean {
  return NAMED.test(latin1) || MENTIONED.test(latin1.replace(/(?<=[a-z])[-_ ](?=[a-z])/gi, ''));
}

/** Methods that take a secret without a name for it. */
const LOGIN = /(?:log|sign)[-_]?(?:in|on|up)\b|(?:log|sign)(?:In|On|Up)(?![a-z])|authenticate/i;

/** Path segments that precede a secret: `/reset-password/…`. */
const BEFORE_SECRET = new Set(
  `activate activation confirm confirmation forgot invitation invitations invite invites magic magiclink recover recovery
  reset unsubscribe verification verify`.split(/\s+/),
);
/** Path segments that name a step of a flow, and are not secret after one of those. */
const STEP = new Set(
  `account accounts all api auth cancel change check complete confirm count create current delete done edit email exchange
  form generate get info introspect issue list login mail me new password passwords phone policies policy refresh remove renew
  request resend reset revoke rotate rules self send sent set settings start status success test update user users validate
  verify`.split(/\s+/),
);
/** Path segments below which services place other things than secrets: `/auth/google`, `/sessions/opening`. */
const PLACES = new Set(['auth', 'session', 'sessions', 'tokens']);
const WORDS = /^[a-z]{1,12}(?:[-_][a-z]{1,12}){0,3}$/;
/** How many names are cached. A service uses few; names that clients invent must not exhaust memory. */
const REMEMBERED = 10_000;
const LONGEST_NAME = 200;

export type Secrecy = 'secret' | 'random' | 'open';

export class SecretNames {
  readonly #match: Readonly<Record<Match, Set<string>>>;
  readonly #parts: RegExp;
  readonly #mentioned: RegExp;
  readonly #fields: ReadonlySet<string>;
  readonly #known = new Map<string, Secrecy>();

  /** `fields` and `parameters` are the service's own; they are secret wherever they occur. */
  constructor(fields: readonly string[], parameters: readonly string[], personal: readonly PersonalRule[]) {
    const names = (match: Match) =>
      [SECRET_NAMES[match], ...personal.map((rule) => PERSONAL_NAMES[rule][match] ?? '')]
        .join(' ')
        .split(/\s+/)
        .filter(Boolean)
        .map(folded);
    this.#match = {
      part: new Set(names('part')),
      word: new Set(names('word')),
      whole: new Set([...names('whole'), ...parameters.map(folded)]),
      parameter: new Set(names('parameter')),
      last: new Set(names('last')),
      random: new Set(names('random')),
    };
    this.#parts = new RegExp(`(?:${[...this.#match.part].join('|')})$`);
    const { part, word, whole, last } = this.#match;
    const written = ['part', 'word'] as const;
    const accented = written.flatMap((match) => SECRET_NAMES[match].split(/\s+/)).filter((name) => !isAscii(name));
    this.#mentioned = new RegExp(
      [...new Set([...part, ...word, ...whole, ...last]), ...accented, ...LAST_WORDS].join('|'),
      'gi',
    );
    this.#fields = new Set(fields.map((name) => name.toLowerCase()));
  }

  /** Secrecy of a JSON key, an XML name or a form field. */
  of(name: string): Secrecy {
    return remembered(this.#known, name, () => this.#secrecy(name));
  }

  /** Whether a label names a secret itself: `API key`, but not `Password reset`. */
  calls(label: string): boolean {
    return this.of(lastWord(label)) === 'secret' || (this.of(label) === 'secret' && this.#parts.test(folded(label)));
  }

  /**
   * Whether the last part of a path, such as the method of gRPC, is about secrets: `/auth.v1.Auth/Login`,
   * `/x.Users/SetPassword`.
   */
  callsFor(target: string): boolean {
    const [, method = ''] = /([^/]*)\/?$/.exec(target.split(/[?#]/, 1)[0] ?? '') ?? [];
    return LOGIN.test(method) || this.of(method) === 'secret';
  }

  /** Positions, in order, at which a text may name a secret. */
  mentions(text: string): number[] {
    return [...text.matchAll(this.#mentioned)].map(({ index }) => index);
  }

  /** Secrecy of a parameter of a query or a form. */
  ofParameter(name: string): Secrecy {
    return this.#match.parameter.has(folded(name)) ? 'secret' : this.of(name);
  }

  /** Secrecy of a header field; `name` is in lower case. */
  ofField(name: string): Secrecy {
    if (this.#fields.has(name) || SECRET_FIELDS.test(name)) return 'secret';
    return OPEN_FIELDS.test(name) ? 'open' : this.of(name);
  }

  /** Whether the path segment `part` is secret because it follows `before`. */
  afterPart(before: string, part: string): boolean {
    if (STEP.has(part.toLowerCase()) || (PLACES.has(before.toLowerCase()) && WORDS.test(part))) return false;
    return wordsOf(before).some((word) => BEFORE_SECRET.has(word)) || this.of(before) === 'secret';
  }

  #secrecy(name: string): Secrecy {
    // `password1`, `token2`: a number at the end of a word only counts.
    const words = wordsOf(name.slice(-LONGEST_NAME)).map((each) => each.replace(/(?<=\p{L})\d+$/u, ''));
    const whole = words.join('');
    const { part, word, whole: wholes, last, random } = this.#match;
    if (words.at(-1) === 'signature' && UNSIGNED.has(words.at(-2) ?? '')) return 'random';
    if (wholes.has(whole) || part.has(whole) || (words.length > 1 && last.has(words.at(-1) ?? ''))) return 'secret';
    if (!ABOUT.has(words.at(-1) ?? '')) {
      if (words.some((each) => part.has(each) || word.has(each))) return 'secret';
      // `api-key-v2`, `mot_de_passe_actuel`: several words that form one name.
      if (words.some((_, i) => this.#parts.test(words.slice(0, i + 1).join('')))) return 'secret';
    }
    if (LEET.test(name) && LEET_READINGS.some((reading) => this.#isLeet(name, reading))) return 'secret';
    if (/^(?:public|pub)keys?$/.test(words.slice(-2).join(''))) return 'open';
    return words.some((each) => random.has(each)) ? 'random' : 'open';
  }

  /** `p4ssw0rd`, `s3cr3t`, `4p1_k3y`. Short names are excluded, because almost any digits would match one. */
  #isLeet(name: string, reading: Readonly<Record<string, string>>): boolean {
    const tail = name.slice(-LONGEST_NAME);
    return [tail, tail.replace(/\d+$/, '')].some((uncounted) => {
      const words = wordsOf(uncounted.replace(/[\d@$!]/g, (mark) => reading[mark] ?? mark));
      return (
        !ABOUT.has(words.at(-1) ?? '') &&
        words.some((_, i) => {
          const [found = ''] = this.#parts.exec(words.slice(0, i + 1).join('')) ?? [];
          return found.length >= 5 && !name.toLowerCase().includes(found);
        })
      );
    });
  }
}

/** A digit or symbol in place of a letter within a word. */
const LEET = /[\d@$!][a-z]/i;
const LEET_LETTERS = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i' };
const LEET_READINGS: readonly Readonly<Record<string, string>>[] = [LEET_LETTERS, { ...LEET_LETTERS, 1: 'l' }];

/** One spelling of a name, for use in a place: letters and digits in lower case. */
export function folded(name: string): string {
  return remembered(FOLDED, name, () => wordsOf(name.slice(-LONGEST_NAME)).join(''));
}

const FOLDED = new Map<string, string>();

/** The last word of a name or a text: `rejectedValue` → `value`. */
export function lastWord(name: string): string {
  return remembered(LAST, name, () => wordsOf(name.slice(-LONGEST_NAME)).at(-1) ?? '');
}

const LAST = new Map<string, string>();

/** Names repeat often, so results are cached. */
function remembered<T extends string>(known: Map<string, T>, name: string, tell: () => T): T {
  const before = known.get(name);
  if (before !== undefined) return before;
  const told = tell();
  if (known.size >= REMEMBERED) known.clear();
  if (name.length <= LONGEST_NAME) known.set(name, told);
  return told;
}

/** Letters of other alphabets that look like Latin ones (single-character pairs of Unicode's confusables). */
const LATIN: Readonly<Record<string, string>> = Object.fromEntries(
  [...'аaвbсcԁdеeԍgһhіiјjкkӏlмmоoрpԛqѕsтtуyѵvԝwхxαaεeιiκkνvοoρpτtυuχxıiłløoɡg'.matchAll(/(.)(.)/gu)].map(
    ([, like = '', letter = '']) => [like, letter],
  ),
);
const LOOKALIKES = new RegExp(`[${Object.keys(LATIN).join('')}]`, 'g');

function wordsOf(name: string): string[] {
  const ascii = isAscii(name);
  return (ascii ? name : inLatin(unicodeOf(name)))
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(ascii ? /[^a-z\d]+/ : /[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/**
 * True for nearly all names. {@link inLatin} leaves them unchanged, and skipping Unicode's tables saves a quarter of
 * the time.
 */
function isAscii(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** A name that was decoded byte by byte, as from percent-encoding, may be UTF-8. */
function unicodeOf(name: string): string {
  try {
    return decodeURIComponent(name.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`));
  } catch {
    return name;
  }
}

function inLatin(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(LOOKALIKES, (letter) => LATIN[letter] ?? letter);
}

/** Names that are secret only in a text about something: of passwords that Terraform draws, and of SNMP. */
export function namesInContext(text: string): ReadonlySet<string> | undefined {
  const names = [...(text.includes('random_password') ? ['result'] : []), ...(/snmp/i.test(text) ? ['community'] : [])];
  return names.length === 0 ? undefined : new Set(names);
}
