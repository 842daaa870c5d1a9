/** What people can see of a deployment, and what they may do with it. */
export { OperatorPolicies, type OperatorPoliciesProps } from './operator-policies.ts';
export { tellOperators } from './outputs.ts';
