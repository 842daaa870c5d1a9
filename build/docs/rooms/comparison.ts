/** Captures of what two services answered, and how their answers differ. */
import type { Room } from './room.ts';

/** What a room of parity speaks of. */
const DIFFERENCES = ['http', 'capture/format', 'parity/causes', 'parity/model'];

export const COMPARISON: Readonly<Record<string, Room>> = {
  'capture/format': { imports: ['http'], pure: true },
  'capture/bytes': { imports: ['capture/format'] },
  'capture/redaction/shapes': { imports: [], pure: true },
  'capture/redaction/search': {
    imports: ['http', 'json', 'capture/redaction/shapes'],
    packages: ['htmlparser2'],
    pure: true,
  },
  'capture/redaction': { imports: ['http', 'capture/format', 'capture/bytes', 'capture/redaction/*'] },
  capture: { imports: ['http', 'capture/format', 'capture/bytes', 'capture/redaction'] },

  'parity/causes': { imports: [], pure: true },
  'parity/model': { imports: ['http', 'input', 'capture/format', 'parity/causes'], pure: true },
  'parity/rules': { imports: ['http', 'json', 'input', 'parity/causes', 'parity/model'], pure: true },
  'parity/explain': { imports: ['http', 'json', 'capture/format', 'parity/causes', 'parity/model'], pure: true },
  'parity/compare/align': { imports: [], pure: true },
  'parity/compare/markup': { imports: [], packages: ['htmlparser2', 'saxes'], pure: true },
  'parity/compare/binary': { imports: ['capture/format'], pure: true },
  'parity/compare/yaml': { imports: [], packages: ['yaml'], pure: true },
  'parity/compare/fields': { imports: DIFFERENCES, pure: true },
  'parity/compare/head': { imports: [...DIFFERENCES, 'parity/explain', 'parity/compare/fields'], pure: true },
  'parity/compare/body': {
    imports: [
      ...DIFFERENCES,
      'json',
      'parity/rules',
      'parity/explain',
      'parity/compare/align',
      'parity/compare/binary',
      'parity/compare/head',
      'parity/compare/markup',
      'parity/compare/yaml',
    ],
    pure: true,
    files: { most: 16, why: 'one format a file' },
  },
  'parity/compare': { imports: [...DIFFERENCES, 'parity/rules', 'parity/explain', 'parity/compare/*'], pure: true },
  'parity/roots': { imports: [...DIFFERENCES, 'parity/compare'], pure: true },
  'parity/tally': { imports: [...DIFFERENCES, 'parity/rules', 'parity/compare', 'parity/roots'], pure: true },
};
