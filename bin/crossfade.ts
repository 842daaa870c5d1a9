#!/usr/bin/env node
/** Entry point of the operator's CLI. */
import { run } from '../cli/main.ts';
import { processTerminal } from '../cli/shared/index.ts';

const terminal = processTerminal();
const { code, whenOutputIsLost } = await run(process.argv.slice(2), terminal);
const lost = await terminal.flushed();
if (lost !== null) terminal.err.write(`standard output: ${lost.message}; what was to be written is lost\n`);
process.exitCode = lost === null ? (code ?? terminal.code) : whenOutputIsLost;
