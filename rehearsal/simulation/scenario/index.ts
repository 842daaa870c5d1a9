/** What happens in a simulation: drawn from a seed, as plain data. */
export { draw } from './draw.ts';
export { PLAN } from './plan.ts';
export { drawnFor, generator } from './random.ts';
export {
  type Fate,
  printScenario,
  read,
  SIMULATED_HANDLERS,
  SITES,
  type SimulatedEvent,
  type SimulatedHandler,
  type SimulatedScenario,
  type SiteName,
  type Step,
} from './scenario.ts';
