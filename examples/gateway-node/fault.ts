/** Faults on demand, for rehearsals: reachable only when FAULT_PORT is set. */
import { createServer, type Server } from 'node:http';

export interface Fault {
  /** Share of requests answered 500. */
  readonly errors?: number;
  /** Share of requests whose connection is reset. */
  readonly resets?: number;
  readonly latencyMs?: number;
  /** Share of new items that are answered 201 and lost: no status, no latency and no answer shows it. */
  readonly lost?: number;
  /** The process ends at once. */
  readonly crash?: boolean;
  /** Empty arrays become null, as a nil slice in Go does. */
  readonly parity?: boolean;
}

export interface FaultSwitch {
  current: Fault;
  readonly server: Server;
}

export function faultSwitch(): FaultSwitch {
  const state: FaultSwitch = {
    current: {},
    server: createServer((req, res) => {
      let text = '';
      req.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      req.on('end', () => {
        const fault: Fault = JSON.parse(text === '' ? '{}' : text);
        if (fault.crash === true) process.exit(1);
        state.current = fault;
        res.writeHead(204).end();
      });
    }),
  };
  return state;
}
