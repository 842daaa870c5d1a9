import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('a Node that does not run TypeScript is told of, with what to do, before anything is started', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-experimental-strip-types', 'bin/run.js', 'rehearse', '--report', '/does/not/exist/report.html'],
    { encoding: 'utf8', env: { PATH: process.env.PATH ?? '' } },
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`Node ${process.versions.node} does not run TypeScript`);
  expect(stderr).toContain('Next: npm rebuild node --ignore-scripts=false');
});
