/**
 * Secrets in the shapes in which tools and services send them, written before their author read the search code:
 * arguments of commands, configuration of network devices, what Terraform keeps, tokens over lines, keys of providers.
 */
import type { PlantedRow } from './planted-secrets.ts';
import { asks, b64, b64url, json, R, S, said, text, yaml } from './planting.ts';

const JWT = `${b64url('{"alg":"HS256","typ":"JWT"}')}.${b64url('{"sub":"ann","iat":1764000000,"scope":"read write admin"}')}.${b64url('0123456789abcdef0123456789abcdef')}`;
const [H = '', P = '', G = ''] = JWT.split('.');
const tf = (type: string, attributes: object) =>
  json({
    version: 4,
    terraform_version: '1.9.5',
    serial: 3,
    lineage: 'c3b1',
    outputs: {},
    resources: [
      {
        mode: 'managed',
        type,
        name: 'db',
        provider: 'provider["registry.terraform.io/hashicorp/random"]',
        instances: [{ schema_version: 3, attributes }],
      },
    ],
  });
const wrap = (t: string, n: number, sep: string) => (t.match(new RegExp(`.{1,${n}}`, 'g')) ?? []).join(sep);
const RAW = 'q8Zt3vK1mX7cB5nL2pW9sD4f';
const HEX = '9f86d081884c7d659a2feaa0c55ad015';

export const SERVICES_SECRETS: readonly PlantedRow[] = [
  ['a field: JFrog', asks('X-JFrog-Art-Api', `AKCp5${RAW}`), [RAW]],
  ['a parameter: vnp', { target: `/pay?vnp_Amount=100&vnp_SecureHash=${HEX}${HEX}` }, [HEX]],
  ['a path: Slack', { target: '/services/T00000000/B00000000/XXyyXXyyXXyyXXyyXXyyXXyy' }, ['XXyyXXyyXXyyXXyyXXyyXXyy']],
  [
    'Terraform random_password',
    tf('random_password', {
      id: 'none',
      length: 16,
      special: true,
      result: S,
      bcrypt_hash: '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy',
      keepers: null,
    }),
    [S, 'N9qo8uLOickgx2'],
  ],
  ['Terraform sensitive output', json({ dsn: { sensitive: true, type: 'string', value: R } }), [R]],
  [
    'Terraform random_id? plan',
    json({
      planned_values: {
        root_module: {
          resources: [
            {
              address: 'random_password.db',
              type: 'random_password',
              values: { length: 20, result: S },
              sensitive_values: { result: true },
            },
          ],
        },
      },
    }),
    [S],
  ],
  [
    'Terraform plan before/after',
    json({
      resource_changes: [
        {
          address: 'random_password.db',
          type: 'random_password',
          change: {
            actions: ['create'],
            before: null,
            after: { result: S, length: 20 },
            after_sensitive: { result: true },
          },
        },
      ],
    }),
    [S],
  ],
  [
    'Terraform after_sensitive',
    json({
      resource_changes: [
        {
          address: 'x.db',
          type: 'x_db',
          change: { actions: ['update'], after: { name: 'ann', conn: R }, after_sensitive: { conn: true } },
        },
      ],
    }),
    [R],
  ],
  [
    'Terraform show',
    text(
      `# random_password.db:\nresource "random_password" "db" {\n    bcrypt_hash = (sensitive value)\n    id          = "none"\n    length      = 16\n    result      = "${S}"\n}\n`,
    ),
    [S],
  ],
  [
    'SSM SecureString only',
    json({ Parameter: { Name: '/prod/db/dsn', Type: 'SecureString', Value: R, Version: 1 } }),
    [R],
  ],
  [
    'k8s env',
    json({
      spec: {
        containers: [
          {
            env: [
              { name: 'REDIS_AUTH', value: RAW },
              { name: 'DB_PASSWORD', value: S },
            ],
          },
        ],
      },
    }),
    [S, RAW],
  ],
  ['scratch codes', json({ scratchCodes: ['12345678', '87654321'] }), ['12345678', '87654321']],
  ['emergency codes', json({ emergency_codes: ['qwer-tzui'] }), ['qwer-tzui']],
  [
    'otpauth migration',
    json({
      uri: `otpauth-migration://offline?data=${encodeURIComponent(b64('\n\u0012\n\nHello!\u00dead\u00be\u00ef'))}`,
    }),
    [b64('\n\u0012\n\nHello!\u00dead\u00be\u00ef').slice(0, 12)],
  ],
  [
    'two factor secret',
    json({ twoFactorSecret: 'JBSWY3DPEHPK3PXP', manualEntryKey: 'JBSW Y3DP EHPK 3PXP' }),
    ['JBSWY3DPEHPK3PXP', 'JBSW Y3DP EHPK 3PXP'],
  ],
  ['seed words', json({ seedWords: ['legal', 'winner', 'sausage'] }), ['sausage']],
  ['wif', json({ wif: '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ' }), ['5HueCGU8rMjxEXx']],
  ['openvpn static', text(`-----BEGIN OpenVPN Static key V1-----\n${HEX}\n-----END OpenVPN Static key V1-----`), [HEX]],
  ['wifi', json({ ssid: 'home', psk: S, wpaPsk: R }), [S, R]],
  ['wifi passphrase', json({ ssid: 'home', wifiPwd: S, networkKey: R }), [S, R]],
  ['snmp', json({ snmp: { version: '2c', community: S } }), [S]],
  ['snmp community', json({ snmp_community: S, snmpReadCommunity: R }), [S, R]],
  ['snmp v3', json({ authProtocol: 'SHA', authPassphrase: S, privProtocol: 'AES', privKey: R }), [S, R]],
  ['pairing', json({ pairingCode: '483920', deviceId: 1 }), ['483920']],
  ['security code', json({ card: { security_code: '737', verification_value: '999' } }), ['737', '999']],
  ['par', json({ request_uri: `urn:ietf:params:oauth:request_uri:${RAW}`, expires_in: 60 }), [RAW]],
  ['airtable', json({ k: `patAbCdEfGhIjKlMn.${HEX}${HEX}` }), [HEX]],
  ['fly', text(`FlyV1 fm2_${RAW}${RAW}`), [RAW]],
  ['aliyun', json({ k: 'LTAI5tFooBarBaz0123456789' }), ['LTAI5tFooBarBaz']],
  ['yandex', json({ k: `AQVN${RAW}${RAW}`.slice(0, 40) }), [RAW]],
  ['sentry token', json({ k: `sntrys_${b64('{"iat":1,"url":"x"}')}_${RAW}` }), [RAW]],
  ['dynatrace', json({ k: `dt0c01.ST2EY72KQINMH574WMNVI7YN.${HEX}${HEX}` }), [HEX]],
  ['typeform', json({ k: `tfp_${RAW}_${RAW}` }), [RAW]],
  [
    'webhook Slack',
    json({ url: 'https://hooks.slack.com/services/T024BE7LH/B024BE7LH/abcDEFghiJKLmnoPQRstuVWX' }),
    ['abcDEFghiJKLmnoPQRstuVWX'],
  ],
  ['webhook zapier', json({ url: 'https://hooks.zapier.com/hooks/catch/123456/bq2x9kl/' }), ['bq2x9kl']],
  ['JWT wrapped 64', text(`token\n\n${wrap(JWT, 64, '\n')}\n`), [G.slice(-20), P.slice(-20)]],
  ['JWT at dots', text(`${H}.\n${P}.\n${G}\n`), [G, P]],
  ['JWT dots leading', text(`${H}\n.${P}\n.${G}\n`), [G, P]],
  ['JWT indented', text(`curl -H "Authorization: Bearer ${wrap(JWT, 40, '\\\n   ')}" x`), [G.slice(-20), P.slice(-18)]],
  ['JWT YAML folded', yaml(`id: 1\nvalue: >-\n  ${wrap(JWT, 60, '\n  ')}\nb: 2\n`), [G.slice(-20), P.slice(-18)]],
  ['JWT JSON escaped newline', json({ v: wrap(JWT, 64, '\n') }), [G.slice(-20)]],
  ['a command: 7z', text(`7z a -p${S} out.7z in`), [S]],
  ['a command: 7z quoted', text(`7z x -p'${S} x' out.7z`), [S]],
  ['a command: 7za json', json({ cmd: `7za a -t7z -mhe=on -p${S} o.7z d` }), [S]],
  ['a command: 7z args', json({ args: ['7z', 'a', `-p${S}`, 'o.7z'] }), [S]],
  ['a command: zip', text(`zip -r -P ${S} o.zip d`), [S]],
  ['a command: unzip', text(`unzip -P ${S} o.zip`), [S]],
  ['a command: rar', text(`rar a -hp${S} o.rar d`), [S]],
  ['a command: openssl enc', text(`openssl enc -aes-256-cbc -k ${S} -in a`), [S]],
  ['a command: openssl K', text(`openssl enc -aes-128-cbc -K ${HEX} -iv 0`), [HEX]],
  ['a command: snmpwalk', text(`snmpwalk -v2c -c ${S} 10.0.0.1 sysDescr`), [S]],
  ['a command: snmpget v3', text(`snmpget -v3 -u u -l authPriv -a SHA -A ${S} -x AES -X ${R} h o`), [S, R]],
  ['a command: net use', text(`net use Z: \\\\srv\\share /user:dom\\ann ${S}`), [S]],
  ['a command: net user', text(`net user ann ${S} /add`), [S]],
  ['a command: lftp', text(`lftp -u ann,${S} ftp.example`), [S]],
  ['a command: smbclient', text(`smbclient //h/s -U ann%${S}`), [S]],
  ['a command: ipmitool', text(`ipmitool -I lanplus -H h -U root -P ${S} chassis status`), [S]],
  ['a command: keytool', text(`keytool -genkey -storepass ${S} -keypass ${R} -alias a`), [S, R]],
  ['a command: htpasswd', text(`htpasswd -bc .ht ann ${S}`), [S]],
  ['a command: chpasswd', text(`echo "ann:${S}" | chpasswd`), [S]],
  ['a command: docker stdin', text(`echo ${S} | docker login -u ann --password-stdin`), [S]],
  ['a command: kubectl literal', text(`kubectl create secret generic x --from-literal=conn=${S}`), [S]],
  ['a command: aws configure', text(`aws configure set aws_secret_access_key ${S}`), [S]],
  ['a command: pdftotext', text(`pdftotext -upw ${S} a.pdf`), [S]],
  ['a command: xfreerdp', text(`xfreerdp /v:h /u:ann /p:${S}`), [S]],
  ['a command: nmcli', text(`nmcli dev wifi connect home password ${S}`), [S]],
  ['a command: mosquitto', text(`mosquitto_pub -h h -u ann -P ${S} -t t -m m`), [S]],
  ['a command: sudo -S', text(`echo '${S}' | sudo -S ls`), [S]],
  ['a command: wpa_passphrase', text(`wpa_passphrase home ${S}`), [S]],
  ['a command: ssh-keygen', text(`ssh-keygen -t ed25519 -N '${S}' -f k`), [S]],
  ['a command: plink', text(`plink -ssh ann@h -pw ${S} ls`), [S]],
  ['a command: vault login', text(`vault login ${`hvs.${RAW}`}`), [RAW]],
  ['a command: powershell', text(`ConvertTo-SecureString "${S}" -AsPlainText -Force`), [S]],
  [
    'a command: powershell cred',
    text(`New-Object PSCredential("ann", (ConvertTo-SecureString '${S}' -AsPlainText))`),
    [S],
  ],
  ['a command: redis AUTH', text(`AUTH ${S}\r\nSELECT 1`), [S]],
  ['a command: requirepass', text(`requirepass ${S}\nmaxmemory 1gb\n`), [S]],
  ['a command: imap', text(`a001 LOGIN ann ${S}`), [S]],
  ['a command: ftp', text(`USER ann\r\nPASS ${S}\r\nLIST`), [S]],
  ['a command: smtp', text(`AUTH PLAIN ${b64(`\0ann\0${S}`)}`), [b64(`\0ann\0${S}`)]],
  ['a device: cisco snmp', text(`hostname r1\nsnmp-server community ${S} RO\n`), [S]],
  ['a device: snmpd', text(`rocommunity ${S} 10.0.0.0/8\nrwcommunity ${R}\n`), [S, R]],
  ['a device: com2sec', text(`com2sec readonly default ${S}\n`), [S]],
  ['a device: cisco 7', text('username admin privilege 15 password 7 094F471A1A0A57\n'), ['094F471A1A0A57']],
  ['a device: bgp', text(`neighbor 10.0.0.1 password ${S}\n`), [S]],
  ['a device: tacacs', text(`tacacs-server host 10.1.1.1 key ${S}\n`), [S]],
  ['a device: isakmp', text(`crypto isakmp key ${S} address 0.0.0.0\n`), [S]],
  [
    'a device: junos',
    text(
      `set snmp community ${S} authorization read-only\nset security ike policy p pre-shared-key ascii-text "${R}"\n`,
    ),
    [S, R],
  ],
  ['a device: snmp yaml', yaml(`devices:\n  - host: r1\n    snmp:\n      version: 2c\n      community: ${S}\n`), [S]],
  ['a device: wpa_supplicant', text(`network={\n  ssid="home"\n  psk="${S}"\n}\n`), [S]],
  ['a device: ike', text(`10.0.0.1 %any : PSK "${S}"\n`), [S]],
  ['pgpass', text(`db.example:5432:shop:ann:${S}\n`), [S]],
  [
    'ntlm',
    text('Administrator:500:aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0:::'),
    ['31d6cfe0d16ae931b73c59d7e0c089c0'],
  ],
  [
    'wp-config',
    text(`define( 'AUTH_KEY',         '${S}' );\ndefine('SECURE_AUTH_SALT', 'k8#Lw0 q|Z~3vT5n&pX(b1)cM');`),
    [S, 'k8#Lw0'],
  ],
  ['toml', said('application/toml', `[db]\npassword = "${S}"\n[api]\ntoken = '''${R}'''\n`), [S, R]],
  ['k8s yaml', yaml(`env:\n- name: DB_PASSWORD\n  value: ${S}\n- name: A\n  value: b\n`), [S]],
  ['mail code', text('Your Shop verification code is 483 920. Do not share it.'), ['483 920']],
  ['sms', text('G-483920 is your Google verification code.'), ['483920']],
  ['sms2', text('Use 483920 to sign in to Shop.'), ['483920']],
  ['recovery text', text('Recovery codes:\n\n  1a2b-3c4d\n  5e6f-7a8b\n\nKeep them safe.'), ['1a2b-3c4d', '5e6f-7a8b']],
  ['a program by its path', text(`"C:\\Program Files\\7-Zip\\7z.exe" a -p${S} b.7z`), [S]],
  ['a program of others', text(`evil-winrm -i h -u ann -p ${S}`), [S]],
  ['a macro of Zabbix', json({ macros: [{ macro: '{$SNMP_COMMUNITY}', value: S }] }), [S]],
  ['a community of NetBox', json({ config_context: { snmp: { ro_community: S } } }), [S]],
  ['a variable of Octopus', json({ Name: 'conn', Type: 'Sensitive', IsSensitive: true, Value: S }), [S]],
  ['a code in German', text('Ihr Bestätigungscode lautet 483920.'), ['483920']],
  ['a device of Huawei', text(`snmp-agent community read cipher ${S}\n`), [S]],
];
