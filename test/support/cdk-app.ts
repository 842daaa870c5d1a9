/**
 * Creates an application for tests that read only its templates: it copies no code into the assembly, and writes no
 * tree and no stack traces.
 */
import { App } from 'aws-cdk-lib';

export const templatesOnly = (context: Readonly<Record<string, unknown>> = {}): App =>
  new App({
    context: { ...context, 'aws:cdk:disable-asset-staging': true },
    stackTraces: false,
    treeMetadata: false,
  });
