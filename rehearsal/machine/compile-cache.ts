/**
 * Returns the variable by which a child process or a thread with an environment of its own finds compiled sources
 * (bin/compile-cache.js); none in an installed package, which keeps none.
 */
export function compileCache(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: folder } = process.env;
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}
