/** Lines of access logs: AWS ALB, and the common and combined formats of Apache and nginx. They hold no bodies and few fields. */
import type { TextRequest } from './text-request.ts';

/** `type time elb client:port target:port 3×time status status bytes bytes "METHOD url protocol" "agent" …` (ELB User Guide, "Access logs"). */
const ALB =
  /^(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT\S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ "([A-Z]+|-) (\S+) [^"]*" "((?:[^"\\]|\\.)*)"/;

/** `host ident user [time] "METHOD target protocol" status bytes "referer" "agent"`; the last two in the combined format alone. */
const COMBINED =
  /^\S+ \S+ .*?\[[^\]]+\] "([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?" (?:\d{3}|-) (?:\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?/;

/** null where a line is of no such log. */
export function requestOfLogLine(line: string): TextRequest | null {
  const alb = ALB.exec(line);
  if (alb !== null) return logged(alb[1], alb[2], undefined, alb[3]);
  const combined = COMBINED.exec(line);
  return combined === null ? null : logged(combined[1], combined[2], combined[3], combined[4]);
}

function logged(method = '', url = '', referer?: string, agent?: string): TextRequest {
  const fields: [string, string | undefined][] = [
    ['Referer', referer],
    ['User-Agent', agent],
  ];
  const headers = fields.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' || value === '-' ? [] : [[name, value]],
  );
  return { method, url, headers, body: null };
}
