/** Commands about the operator's own account. */
export { costCommand } from './cost.ts';
export { doctorCommand } from './doctor.ts';
