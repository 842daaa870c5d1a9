/** Code and images that the stacks deploy. */
export { bundleHandlers, type HandlerName, handlerCode } from './handlers.ts';
export { bundleMirror, mirrorImage } from './mirror-image.ts';
