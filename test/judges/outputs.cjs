/** `outputs.cjs MODULES FOLDER`: what Multitool said of the SARIF log, and annotations as GitHub's toolkit writes them. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [modules, folder] = process.argv.slice(2);
const { issueCommand } = require(join(modules, '@actions/core/lib/command.js'));
const read = (name) => readFileSync(join(folder, name), 'utf8');
const fail = (what) => {
  console.error(what);
  process.exit(1);
};

const log = JSON.parse(read('log.sarif'));
const { todo } = JSON.parse(read('diff.json'));
const results = log.runs.flatMap((run) => run.results);
if (results.length !== todo.length) fail(`SARIF has ${results.length} results for ${todo.length} root causes`);
const judged = JSON.parse(read('judged.sarif')).runs.flatMap((run) => run.results ?? []);
const errors = judged.filter(({ level }) => level === 'error');
if (errors.length > 0 || !read('multitool.txt').includes('Analysis completed successfully'))
  fail(`${errors.length} errors\n${read('multitool.txt').split('\n').slice(0, 20).join('\n')}`);
console.log(`SARIF: ${results.length} results, no error by the Multitool's and GitHub's rules`);

/** As the runner reads a value (actions/runner, ActionCommand.cs). */
const unescaped = (text) =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
const lines = read('github.txt')
  .split('\n')
  .filter((line) => line.startsWith('::'));
if (lines.length === 0) fail('no annotation was written');
for (const line of lines) {
  const [, level = '', given = '', text = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
  const properties = Object.fromEntries(
    given.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), unescaped(pair.slice(pair.indexOf('=') + 1))]),
  );
  let written = '';
  const { write } = process.stdout;
  process.stdout.write = (chunk) => {
    written += chunk;
    return true;
  };
  issueCommand(level, properties, text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%'));
  process.stdout.write = write;
  if (written !== `${line}\n`) fail(`GitHub's toolkit writes\n${written}for\n${line}`);
}
console.log(`Annotations: ${lines.length}, as GitHub's toolkit writes them`);
