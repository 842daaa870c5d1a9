#!/usr/bin/env node
/** Entry of the operator's CLI. */
import { run } from '../cli/main.ts';
import { EXIT, processTerminal } from '../cli/shared/index.ts';

const terminal = processTerminal();
const code = (await run(process.argv.slice(2), terminal)) ?? terminal.code;
const lost = await terminal.flushed();
if (lost !== null) terminal.err.write(`standard output: ${lost.message}; what was to be written is lost\n`);
process.exitCode = lost === null ? code : EXIT.failed;
