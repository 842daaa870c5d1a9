/** Code and images that the stacks deploy. */
export { bundleModule } from './bundle.ts';
export { bundleHandlers, type HandlerName, handlerCode } from './handlers.ts';
export { bundleRecorder, envoyImage, recorderImage } from './mirror-images.ts';
export { ReadableImage } from './readable.ts';
