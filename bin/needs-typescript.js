/** Ends the process, before anything of ours is loaded, where this Node cannot run TypeScript. */
if (!process.features.typescript) {
  console.error(
    `Node ${process.versions.node} does not run TypeScript, and the npm package \`node\`, which brings one that does, was not set up: npm runs no install scripts here (ignore-scripts). Nothing was started.
Next: npm rebuild node --ignore-scripts=false; or use Node 22.18 or newer.`,
  );
  process.exit(2);
}
