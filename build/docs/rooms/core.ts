/** What decides, and what is general: none of it does any I/O. */
import { MODEL, type Room } from './room.ts';

export const CORE: Readonly<Record<string, Room>> = {
  sides: { imports: [], pure: true },
  http: { imports: [], pure: true },
  json: { imports: ['http'], pure: true },
  input: { imports: [], pure: true },
  markdown: { imports: [], pure: true },

  'core/model': { imports: ['input'], pure: true },
  'core/gate/bets': { imports: [], pure: true },
  'core/gate': { imports: [MODEL, 'core/gate/bets'], pure: true },
  'core/cost': { imports: [MODEL], pure: true },
  'core/acceptance': { pure: true, imports: ['markdown'] },
  'core/doctor': { imports: ['input', MODEL, 'core/listener'], pure: true },
  'core/runbook': { imports: [MODEL], pure: true },
  'core/status': { imports: ['input', MODEL], pure: true },
  'core/listener': { imports: [], pure: true },
  'core/metrics': { imports: [MODEL, 'core/gate', 'core/gate/bets'], pure: true },
  'core/fence': { imports: [MODEL, 'core/listener'], pure: true },
  'core/evaluation': { imports: ['input', MODEL, 'core/gate', 'core/metrics'], pure: true },
  'core/phases': { imports: ['input', MODEL, 'core/gate', 'core/metrics', 'core/evaluation'], pure: true },
  'core/exposition': { imports: [MODEL], pure: true },
  'core/campaign': { imports: ['input', MODEL, 'core/evaluation', 'core/phases'], pure: true },
};
