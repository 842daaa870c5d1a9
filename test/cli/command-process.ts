/** Runs a command in a separate process. */
import type { ChildProcess } from 'node:child_process';

export const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.once('exit', done));

export async function errorsOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stderr ?? []) text += String(chunk);
  return text;
}
