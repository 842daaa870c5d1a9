import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';

/** A deployment with a tapped rule and a plain one, as the stacks write it. */
export const DEPLOYMENT: Deployment = deploymentSchema.parse({
  ingressId: 'gateway',
  loadBalancer: { fullName: 'app/lb/1' },
  rules: [
    { arn: 'rule/safe', roles: ['stable', 'candidate', 'tapForward', 'tapReverse'] },
    { arn: 'rule/rest', roles: ['stable', 'candidate'] },
  ],
  targetGroups: {
    stable: { arn: 'tg/stable', fullName: 'targetgroup/stable/1' },
    candidate: { arn: 'tg/candidate', fullName: 'targetgroup/candidate/1' },
    tapForward: { arn: 'tg/tapForward', fullName: 'targetgroup/tapForward/1' },
    tapReverse: { arn: 'tg/tapReverse', fullName: 'targetgroup/tapReverse/1' },
  },
  services: { stable: { cluster: 'c', service: 'stable' }, candidate: { cluster: 'c', service: 'candidate' } },
  rollbackAlarms: ['gateway-red'],
  shadowAlarms: ['gateway-tap'],
  ledgerTable: 'ledger',
});
