/** Options, exit codes, the terminal, and whatever else every command needs. */

export { asError, codeOf, plain, plainJson, plainLines, quantity } from '../../input/index.ts';
export { attempt, attemptSending, CommandError, type Left, NOTHING_CHANGED } from './attempt.ts';
export { readAuthorities, tlsProblem } from './certificates.ts';
export { eachBounded } from './each-bounded.ts';
export { EXIT, EXIT_HELP, type ExitCode, meaningOfNo } from './exit-codes.ts';
export { EmptyAnswerError } from './failure-kinds.ts';
export { number, templates, wholeNumber } from './option-values.ts';
export { byOption, FAIL_ON, type FailOn, failOnOption, repeatable } from './options.ts';
export { outputFile, outputFileInNewFolder } from './output-file.ts';
export { personText } from './person-text.ts';
export { processTerminal } from './process-terminal.ts';
export { fileFailure, parseYaml, readBytes, readDocumentFile, readJsonFile, unusableFile } from './read-file.ts';
export { givenRules, readRules } from './rules-file.ts';
export { confirmed, Interrupted, type Screen, say, type Terminal } from './terminal.ts';
export { UsageError } from './usage-error.ts';
export { version } from './version.ts';
