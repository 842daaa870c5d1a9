/** The CDK program of `crossfade accept`, which passes its parameters in the environment. */
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { acceptanceApplication } from '../lib/acceptance-application.ts';

const { CROSSFADE_ACCEPTANCE } = process.env;
const { id, plan, paths } = z
  .strictObject({ id: z.string(), plan: z.looseObject({}), paths: z.array(z.string()).min(1) })
  .parse(JSON.parse(CROSSFADE_ACCEPTANCE ?? 'null'));
const app = new App();
acceptanceApplication(app, { id, plan, paths });
app.synth();
