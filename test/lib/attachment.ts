/** A user's load balancer, as a file for `-c attach=FILE` names it. */
import type { Attachment } from '../../lib/attached-application.ts';

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';

export const ATTACHMENT: Attachment = {
  ingressId: 'shop',
  listeners: [
    { arn: `${ELB}:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2`, priority: 5, paths: ['/api/*'] },
    { arn: `${ELB}:listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65`, priority: 5 },
  ],
  groups: {
    stable: `${ELB}:targetgroup/shop-node/73e2d6bc24d8a067`,
    candidate: `${ELB}:targetgroup/shop-go/5f2a6bd94c8a1e02`,
    mirrorForward: `${ELB}:targetgroup/shop-mirror-f/0b1c2d3e4f5a6b7c`,
    mirrorReverse: `${ELB}:targetgroup/shop-mirror-r/1b1c2d3e4f5a6b7c`,
  },
  services: { stable: { cluster: 'shop', service: 'node' }, candidate: { cluster: 'shop', service: 'go' } },
};
