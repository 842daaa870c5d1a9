/** Secrets by their shape: keys, numbers with check digits, arguments of commands; and stretches of a text. */
export { COMMAND_LINE, secretsInCommands } from './commands.ts';
export { isCapability, isCredentials, isRandom, knownShapes } from './secret-values.ts';
export { addAll, redacted, type Seal, type Span, shifted, spansBelow } from './span.ts';
