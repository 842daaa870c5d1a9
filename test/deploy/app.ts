/**
 * The application that `cdk deploy -c attach=FILE` deploys (a cutover attached to a load balancer), adapted to an
 * incomplete stand-in for AWS. One aspect is the whole difference.
 */
import { App, Aspects } from 'aws-cdk-lib';
import { attachedApplication, parseAttachment } from '../../lib/attached-application.ts';
import { ForStandIn } from './for-stand-in.ts';

const app = new App();
attachedApplication(app, parseAttachment(JSON.parse(process.env.CROSSFADE_ATTACH ?? 'null')), {});
Aspects.of(app).add(new ForStandIn(process.env.CROSSFADE_ELB_ENDPOINT ?? ''));
app.synth();
