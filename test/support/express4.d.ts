/** Types of Express 4 under its alias (package.json). Those of Express 5 fit everything that is used here. */
declare module 'express4' {
  export { default } from 'express';
}
