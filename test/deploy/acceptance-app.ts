/**
 * The application that `crossfade accept` deploys, adapted to an incomplete stand-in for AWS. One aspect is the whole
 * difference.
 */
import { App, Aspects } from 'aws-cdk-lib';
import { acceptanceApplication } from '../../lib/acceptance-application.ts';
import { ForStandIn } from './for-stand-in.ts';

const app = new App();
acceptanceApplication(app, JSON.parse(process.env.CROSSFADE_ACCEPTANCE ?? 'null'));
Aspects.of(app).add(new ForStandIn());
app.synth();
