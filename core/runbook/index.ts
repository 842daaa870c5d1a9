/** What to do about each alarm and each failure, with the names of a deployment. */
export { type DeployedNames, deployedNames, EXAMPLE_NAMES } from './deployed-names.ts';
export { firstAid, symptomSection } from './runbook.ts';
export { isSymptom, SYMPTOMS, type SymptomId } from './symptoms.ts';
