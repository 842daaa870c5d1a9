/** Envoy and the recorder on this machine. */
export { envoyBinary } from './envoy-binary.ts';
