/** Runs the command blocks of a tutorial that are marked to run, and reads what they should print. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Block {
  readonly script: string;
  readonly exitCode: number;
  readonly slow: boolean;
  /** Lines of the `text` block that follows; each must be found in the output. */
  readonly printed: readonly string[];
}

/** Returns the blocks that run: those below `<!-- runs -->`, `<!-- runs, slow -->` or `<!-- runs, exit code 1 -->`. */
export function blocksOf(file: string): Block[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const marked =
    /<!-- runs(, slow)?(?:, exit code (\d+))? -->\n```sh\n([\s\S]*?)\n```\n((?:(?!```|<!--)[\s\S])*?```text\n([\s\S]*?)\n```)?/g;
  return [...text.matchAll(marked)].map(([, slow, code, script = '', , printed = '']) => ({
    script,
    exitCode: Number(code ?? 0),
    slow: slow !== undefined,
    printed: printed.split('\n').filter((line) => line !== ''),
  }));
}

export interface Ran {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Runs blocks one after the other in one shell, from the repository's root, as a reader types them.
 * @param ports replacements for the ports that the tutorial names
 */
export async function runBlocks(blocks: readonly Block[], ports: ReadonlyMap<number, number>): Promise<Ran[]> {
  const scripts = blocks.map(({ script }) =>
    [...ports].reduce((text, [named, free]) => text.replaceAll(String(named), String(free)), script),
  );
  // After each block, its exit code is printed on a separate line.
  const whole = scripts.map((script) => `${script}\nprintf '\\n%s %s\\n' '${END}' $?`).join('\n');
  // The shell has its own process group, so that whatever a failed tutorial leaves running is stopped with it.
  const shell = spawn('bash', ['-c', whole], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: OFFLINE,
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (data: Buffer) => {
      output += String(data);
    });
  const closed = new Promise((done) => shell.on('close', done));
  const late = setTimeout(() => {
    if (shell.pid === undefined) return;
    output += `\nnot at its end after ${DEADLINE_MS / 1000} s; what ran:\n${processesOf(shell.pid)}`;
    stopGroup(shell.pid, 'SIGKILL');
  }, DEADLINE_MS);
  await new Promise((done) => shell.on('exit', done));
  clearTimeout(late);
  if (shell.pid !== undefined) stopGroup(shell.pid, 'SIGTERM');
  // A process that has left the group may hold the pipes open forever.
  await Promise.race([closed, new Promise((done) => setTimeout(done, 10_000).unref())]);
  for (const stream of [shell.stdout, shell.stderr]) stream.destroy();
  const parts = output.split(new RegExp(`^${END} (\\d+)$`, 'm'));
  return blocks.map((_, i) => ({ output: parts[2 * i] ?? '', exitCode: Number(parts[2 * i + 1] ?? Number.NaN) }));
}

const END = '--- end of block, exit code';
/** Deadline for one run, in milliseconds: several times what the slowest tutorial needs. */
const DEADLINE_MS = 240_000;
/** Keeps the CDK CLI and the SDK from contacting anything outside this machine. */
const OFFLINE = {
  ...process.env,
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  CDK_NOTICES_TIMEOUT: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

function processesOf(group: number): string {
  try {
    return execFileSync('ps', ['-o', 'pid,stat,wchan:20,etime,args', '-g', String(group)], { encoding: 'utf8' });
  } catch (error) {
    return String(error);
  }
}

function stopGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // No process is left in the group.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
