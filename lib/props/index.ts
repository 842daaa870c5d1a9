/** The shapes of the constructs' props, which JavaScript and casts do not check. */
export { checkProps, type Shape } from './check-props.ts';
export {
  aDuration,
  aLoadBalancerName,
  anAccount,
  anIngressId,
  aStateMachine,
  aTable,
  aTargetGroupName,
  aText,
  aTopic,
  bothServices,
  INGRESS_ID,
  matching,
  numberFrom,
  thatHas,
  wholeDays,
} from './kinds.ts';
