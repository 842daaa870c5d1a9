/** Injects faults on demand, for rehearsals. Reachable only if FAULT_PORT is set. */
import { createServer, type Server } from 'node:http';

export interface Fault {
  /** Share of requests that are answered with 500, 0 to 1. */
  readonly errors?: number;
  /** Share of requests whose connection is reset, 0 to 1. */
  readonly resets?: number;
  readonly latencyMs?: number;
  /** Share of new items that are answered with 201 and lost, 0 to 1. No status, latency or answer shows it. */
  readonly lost?: number;
  /** Ends the process at once. */
  readonly crash?: boolean;
  /** Empty arrays become null, like a nil slice in Go. */
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
