/** What `crossfade accept` deploys, for a stand-in of AWS that lacks some of it: one aspect is the whole difference. */
import { App, Aspects } from 'aws-cdk-lib';
import { acceptanceApplication } from '../../lib/acceptance-application.ts';
import { ForStandIn } from './for-stand-in.ts';

const app = new App();
acceptanceApplication(app, JSON.parse(process.env.CROSSFADE_ACCEPTANCE ?? 'null'));
Aspects.of(app).add(new ForStandIn());
app.synth();
