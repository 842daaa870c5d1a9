/** `crossfade contract`: two services are asked the same, and what they answer is held against each other. */
import { Command } from 'commander';
import { type FailOn, failOnOption, number, repeatable, type Terminal, templates } from '../shared/index.ts';
import type { ContractRequest } from './contract/index.ts';

interface Options {
  readonly stable: string;
  readonly candidate: string;
  readonly allow: string[];
  readonly header: string[];
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
  readonly out?: string;
  readonly failOn: FailOn;
  readonly rules?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const KEY = 'CROSSFADE_REDACTION_KEY';

export function contractCommand(terminal: Terminal): Command {
  return new Command('contract')
    .description(
      'send recorded requests, or the examples of an OpenAPI document, to two services and compare the answers',
    )
    .argument('[files...]', 'captured pairs or one side’s log (NDJSON), HAR, or OpenAPI 3 (.json, .yaml)')
    .requiredOption('--stable <url>', 'base URL of the stable side, http or https')
    .requiredOption('--candidate <url>', 'base URL of the candidate')
    .option(
      '--allow <METHOD:path>',
      'send requests with side effects, such as POST:/items/{id}; repeatable',
      repeatable,
      [],
    )
    .option('--header <field>', "'Name: value' for every request; 'Name:' leaves it out; repeatable", repeatable, [])
    .option(
      '--probe <name>',
      'also vary a request of each route: all, or one of those in docs/reference/parity.md; repeatable',
      repeatable,
      [],
    )
    .option(
      '--route <template>',
      'route such as /items/{id}, for recordings that name none; repeatable',
      repeatable,
      [],
    )
    .option(
      '--noise',
      'ask the stable side a second time: what varies by itself is learned from that answer, and let off',
    )
    .option('--rps <n>', 'requests per second to each side', '10')
    .option('--concurrency <n>', 'requests under way at a time', '4')
    .option('--deadline <ms>', 'milliseconds for a whole answer', '5000')
    .option('--limit <n>', 'requests that are sent at most', '100000')
    .option('--redact-header <name>', 'a further field whose values are secret; repeatable', repeatable, [])
    .option('--redact-parameter <name>', 'a further parameter of queries and forms; repeatable', repeatable, [])
    .option(
      '--redact-json <pointer>',
      'a further secret place in JSON, such as /user/email or /**/iban; repeatable',
      repeatable,
      [],
    )
    .option('--out <file>', `write the redacted pairs there, NDJSON; ${KEY} keys the hashes, otherwise a new key does`)
    .option('--rules <file>', 'what owners have decided about differences, JSON')
    .addOption(failOnOption())
    .option('--html <file>', 'write a report there, one self-contained file')
    .option('--json', 'write the summary as JSON to stdout')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .action(async (files: string[], options: Options) => {
      const numbers = {
        rps: number('--rps', options.rps, 0.01, 10_000),
        concurrency: Math.trunc(number('--concurrency', options.concurrency, 1, 1_000)),
        deadlineMs: number('--deadline', options.deadline, 1, 600_000),
        limit: Math.trunc(number('--limit', options.limit, 1, 1e9)),
      };
      const routes = templates('--route', options.route);
      const { parseAllowed, parseBase, parseHeaders, parseProbes, redactionRules, runContract } = await import(
        './contract/index.ts'
      );
      const { givenRules } = await import('../shared/index.ts');
      const { redactHeader, redactParameter, redactJson } = options;
      const request: ContractRequest = {
        ...numbers,
        routes,
        stable: parseBase('--stable', options.stable),
        candidate: parseBase('--candidate', options.candidate),
        policy: { allowed: parseAllowed(options.allow), headers: parseHeaders(options.header) },
        probes: parseProbes(options.probe),
        redaction: redactionRules(KEY, terminal.environment[KEY], redactHeader, redactParameter, redactJson),
        rules: givenRules(options.rules),
        noise: options.noise === true,
        failOn: options.failOn,
        json: options.json === true,
        dryRun: options.dryRun === true,
        ...(options.out === undefined ? {} : { out: options.out }),
        ...(options.html === undefined ? {} : { html: options.html }),
      };
      terminal.exit(await runContract(files, request, terminal));
    });
}
