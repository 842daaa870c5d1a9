/** `crossfade contract`: sends the same requests to two services and compares their answers. */
import { Command } from 'commander';
import { type FailOn, number, repeatable, type Terminal, templates, wholeNumber } from '../shared/index.ts';
import type { ContractRequest } from './contract/index.ts';
import type { OutputOptions } from './outcome/index.ts';
import { type ServerOptions, serversOf, withOutputs } from './output-options.ts';

interface Options extends OutputOptions, ServerOptions {
  readonly stable: string;
  readonly candidate: string;
  readonly allow: string[];
  readonly header: string[];
  readonly ca?: string;
  readonly stableHeader: string[];
  readonly candidateHeader: string[];
  readonly login: string[];
  readonly cookies?: boolean;
  readonly value: string[];
  readonly probe: string[];
  readonly route: string[];
  readonly noise?: boolean;
  readonly rps: string;
  readonly concurrency: string;
  readonly deadline: string;
  readonly limit: string;
  readonly redactHeader: string[];
  readonly redactParameter: string[];
  readonly redactJson: string[];
  readonly redactKeep: string[];
  readonly out?: string;
  readonly failOn: FailOn;
  readonly rules?: string;
  readonly baseline?: string;
  readonly dryRun?: boolean;
}

const KEY = 'CROSSFADE_REDACTION_KEY';

export function contractCommand(terminal: Terminal): Command {
  const command = new Command('contract')
    .description(
      'send recorded requests, or the examples of an OpenAPI document, to two services and compare the responses',
    )
    .argument(
      '[files...]',
      'captures or one side’s log (NDJSON), HAR, mitmproxy, goreplay, OpenAPI 3, Swagger 2, Postman or a flow (.json, .yaml), .http, curl commands, access logs, URLs',
    )
    .requiredOption('--stable <url>', 'base URL of stable, http or https')
    .requiredOption('--candidate <url>', 'base URL of the candidate')
    .option(
      '--allow <METHOD:path>',
      'also send these requests, which have side effects, such as POST:/items/{id}; repeatable',
      repeatable,
      [],
    )
    .option(
      '--header <field>',
      "header field for every request: 'Name: value' sets it, 'Name:' removes it; repeatable",
      repeatable,
      [],
    )
    .option('--ca <file>', 'additional certificates (PEM) to trust, for a service that uses TLS')
    .option('--stable-header <field>', 'the same for stable alone; it is in no output; repeatable', repeatable, [])
    .option('--candidate-header <field>', 'the same for the candidate alone; repeatable', repeatable, [])
    .option(
      '--login <file>',
      'flow (YAML or JSON) to run against both sides first, such as a login; its variables fill {{name}} in later requests; repeatable',
      repeatable,
      [],
    )
    .option('--cookies', 'keep a cookie jar for each side; a flow always has one')
    .option(
      '--value <name=value>',
      'value of a parameter of an OpenAPI document, or of a variable of a Postman collection; repeatable',
      repeatable,
      [],
    )
    .option(
      '--probe <name>',
      'also send variants of one request of each route: all, or a name from docs/reference/diff-and-contract.md; repeatable',
      repeatable,
      [],
    )
    .option(
      '--route <template>',
      'route template such as /items/{id}, for recordings without routes; repeatable',
      repeatable,
      [],
    )
    .option(
      '--noise',
      'send every request to stable a second time (control answer) and suppress fields that vary on stable alone',
    )
    .option('--rps <n>', 'requests per second to each side', '10')
    .option('--concurrency <n>', 'requests in flight at a time', '4')
    .option('--deadline <ms>', 'time limit for a whole response, milliseconds', '5000')
    .option('--limit <n>', 'maximum number of requests to send', '100000')
    .option('--redact-header <name>', 'redact this header field as well; repeatable', repeatable, [])
    .option('--redact-parameter <name>', 'redact this query or form parameter as well; repeatable', repeatable, [])
    .option(
      '--redact-json <pointer>',
      'redact this JSON location as well, such as /user/email or /**/iban; repeatable',
      repeatable,
      [],
    )
    .option(
      '--redact-keep <rule>',
      'personal data that may stay readable: email, phone, card or address; repeatable',
      repeatable,
      [],
    )
    .option(
      '--out <file>',
      `write the redacted captures to this file (NDJSON); hashes are keyed by ${KEY}, or by a random key`,
    )
    .option('--rules <file>', 'rules for differences (JSON)')
    .option('--dry-run', 'print the requests instead of sending them');
  return withOutputs(command).action(async (files: string[], options: Options) => {
    const numbers = numbersOf(options);
    const { runContract } = await import('./contract/index.ts');
    terminal.exit(await runContract(files, { ...numbers, ...(await requestOf(options, terminal)) }, terminal));
  });
}

/**
 * Called before anything is loaded, because a number out of range can be refused without the engine.
 * @throws UsageError
 */
function numbersOf({ rps, concurrency, deadline, limit }: Options) {
  return {
    rps: number('--rps', rps, 0.01, 10_000),
    concurrency: wholeNumber('--concurrency', concurrency, 1, 1_000),
    deadlineMs: number('--deadline', deadline, 1, 600_000),
    limit: wholeNumber('--limit', limit, 1, 1e9),
  };
}

/** @throws UsageError that names the option */
async function requestOf(
  options: Options,
  { environment }: Terminal,
): Promise<Omit<ContractRequest, keyof ReturnType<typeof numbersOf>>> {
  const routes = templates('--route', options.route);
  const { parseAllowed, parseBase, parseHeaders, parseProbes, parseValues, redactionRules } = await import(
    './contract/index.ts'
  );
  const { givenRules, readAuthorities } = await import('../shared/index.ts');
  const { readBaseline } = await import('./outcome/index.ts');
  const { redactHeader, redactParameter, redactJson, redactKeep } = options;
  return {
    routes,
    authorities: readAuthorities('--ca', options.ca),
    ca: options.ca,
    stable: parseBase('--stable', options.stable),
    candidate: parseBase('--candidate', options.candidate),
    policy: { allowed: parseAllowed(options.allow), headers: parseHeaders(options.header) },
    logins: options.login,
    values: parseValues(options.value),
    sideHeaders: {
      stable: parseHeaders(options.stableHeader, '--stable-header'),
      candidate: parseHeaders(options.candidateHeader, '--candidate-header'),
    },
    cookies: options.cookies === true,
    probes: parseProbes(options.probe),
    redaction: redactionRules(KEY, environment[KEY], redactHeader, redactParameter, redactJson, redactKeep),
    rules: givenRules(options.rules),
    baseline: readBaseline(options.baseline),
    servers: serversOf(options),
    outputs: options,
    noise: options.noise === true,
    failOn: options.failOn,
    dryRun: options.dryRun === true,
    ...(options.out === undefined ? {} : { out: options.out }),
  };
}
