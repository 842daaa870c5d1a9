/** Synthesises the definition of the campaigns' machine. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { campaignApplication } from '../../lib/campaign-application.ts';
import { machineDefinitionOf, only } from '../../rehearsal/cloud/from-template.ts';
import type { Definition } from '../../rehearsal/cloud/states/definition.ts';
import { loadAssembly } from '../../rehearsal/cloud/template/assembly.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';

export async function campaignDefinition(): Promise<Definition> {
  const outdir = await mkdtemp(join(tmpdir(), 'campaign-'));
  const app = new App({ outdir });
  campaignApplication(app, ['111122223333', '444455556666']);
  app.synth();
  const assembly = loadAssembly(outdir);
  return machineDefinitionOf(only(assembly, 'AWS::StepFunctions::StateMachine'), new Names(assembly));
}
