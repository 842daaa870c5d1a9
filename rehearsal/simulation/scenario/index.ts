/** The events of a simulation, drawn from a seed, as plain data. */
export { isBenign } from './benign.ts';
export { draw, FIRST_SEED } from './draw.ts';
export { CALLS } from './given.ts';
export { HALF_HOUR_PLAN } from './plan.ts';
export { drawnFor, generator } from './random.ts';
export {
  type AlarmEdit,
  ANSWERS,
  DEPLOYMENTS,
  FATES,
  type Fate,
  printScenario,
  RULE_EDITS,
  type RuleEdit,
  read,
  SECOND_PERSONS,
  type SecondPerson,
  SIMULATED_HANDLERS,
  SITES,
  type Sickness,
  type SimulatedEvent,
  type SimulatedHandler,
  type SimulatedScenario,
  type SimulatedSteering,
  type SiteName,
  STEERINGS,
  STRAYS,
  type Step,
} from './scenario.ts';
