/** An application whose templates are all that a test reads: it copies no code into an assembly, and writes no tree and no traces. */
import { App } from 'aws-cdk-lib';

export const templatesOnly = (context: Readonly<Record<string, unknown>> = {}): App =>
  new App({
    context: { ...context, 'aws:cdk:disable-asset-staging': true },
    stackTraces: false,
    treeMetadata: false,
  });
