/** Code and images that the stacks deploy. */
export { bundleHandlers, type HandlerName, handlerCode } from './handlers.ts';
export { bundleRecorder, envoyImage, recorderImage } from './mirror-images.ts';
