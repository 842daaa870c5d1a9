import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claimReport } from '../../cli/rehearse/claimed-report.ts';

const base = () => join(mkdtempSync(join(tmpdir(), 'claim-')), 'rehearsal');
const claimed = (pid: number | string) => {
  const at = base();
  writeFileSync(`${at}-running.pid`, String(pid));
  return at;
};

it('a second rehearsal with the same report is refused while the first one runs', () => {
  expect(() => claimReport(claimed(process.ppid))).toThrow(
    `--report: another rehearsal (process ${process.ppid}) writes `,
  );
});

it.each([process.pid, 2 ** 22 + 1, '', 'x', -1])('the claim of %s, which runs no more, is taken over', (pid) => {
  const at = claimed(pid);
  claimReport(at)();
  expect(existsSync(`${at}-running.pid`)).toBe(false);
});

it('another report is no obstacle', () => {
  expect(() => [claimReport(base()), claimReport(base())]).not.toThrow();
});
