/** The alias of Express 4 (package.json); its surface, as far as it is used here, is that of 5. */
declare module 'express4' {
  export { default } from 'express';
}
