/** Synthesised templates, with references resolved to local names. */
export { type Assembly, loadAssembly, type Resource } from './assembly.ts';
export { createCustom, onEventArn, updateCustom } from './custom-resource.ts';
export { ACCOUNT, Names, REGION } from './names.ts';
