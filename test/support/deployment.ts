import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';

/** A deployment with a mirrored rule and a plain one, as the stacks write it. */
export const DEPLOYMENT: Deployment = deploymentSchema.parse({
  ingressId: 'gateway',
  loadBalancer: { fullName: 'app/lb/1' },
  rules: [
    { arn: 'rule/safe', roles: ['stable', 'candidate', 'mirrorForward', 'mirrorReverse'] },
    { arn: 'rule/rest', roles: ['stable', 'candidate'] },
  ],
  targetGroups: {
    stable: { arn: 'tg/stable', fullName: 'targetgroup/stable/1' },
    candidate: { arn: 'tg/candidate', fullName: 'targetgroup/candidate/1' },
    mirrorForward: { arn: 'tg/mirrorForward', fullName: 'targetgroup/mirrorForward/1' },
    mirrorReverse: { arn: 'tg/mirrorReverse', fullName: 'targetgroup/mirrorReverse/1' },
  },
  services: { stable: { cluster: 'c', service: 'stable' }, candidate: { cluster: 'c', service: 'candidate' } },
  rollbackAlarms: ['gateway-red'],
  shadowAlarms: ['gateway-mirror'],
  ledgerTable: 'ledger',
});
