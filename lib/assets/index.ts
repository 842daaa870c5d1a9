/** Code and images that the stacks deploy. */
export { bundleHandlers, type HandlerName, handlerCode } from './handlers.ts';
export { bundleTap, tapImage } from './mirror-image.ts';
