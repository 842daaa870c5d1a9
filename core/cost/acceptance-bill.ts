/** The cost of one acceptance: a load balancer, four small tasks and the parts of a cutover, for a few hours. */
import { type BillLine, priced, sumOf } from './bill.ts';
import { FOOTPRINT } from './footprint.ts';
import { PRICES } from './prices.ts';
import { MONTH_SECONDS, type Use } from './usage.ts';

/** Includes deployment and removal. */
const HOURS = 3;
/** Two per side. */
const TASKS = 4;
const TASK = { vcpu: 0.25, gb: 0.5 };
/** Addresses of the load balancer in two zones, and of each task. */
const ADDRESSES = 2 + TASKS;
/** Keys of the status topic and the queue; both are billed until they are scheduled for deletion. */
const KEYS = 2;

export interface AcceptanceBill {
  readonly lines: readonly BillLine[];
  readonly hours: number;
  /** Sum, USD. */
  readonly usd: number;
}

/** @param local whether it runs on the local cloud, which costs nothing */
export function acceptanceBill(local: boolean): AcceptanceBill {
  const lines = local ? [] : priced(uses(), PRICES);
  return { lines, hours: local ? 0 : HOURS, usd: sumOf(lines) };
}

function uses(): Use[] {
  const month = (HOURS * 3_600) / MONTH_SECONDS;
  const looks = HOURS * 60;
  return [
    { price: 'balancerHour', what: 'load balancer', quantity: HOURS },
    { price: 'balancerUnitHour', what: 'load balancer: traffic', quantity: HOURS },
    { price: 'addressHour', what: 'public addresses', quantity: HOURS * ADDRESSES },
    { price: 'fargateVcpuHour', what: 'services: processors', quantity: HOURS * TASKS * TASK.vcpu },
    { price: 'fargateGbHour', what: 'services: memory', quantity: HOURS * TASKS * TASK.gb },
    { price: 'alarmMetricMonth', what: 'alarms', quantity: FOOTPRINT.alarmMetrics * month },
    { price: 'dashboardMonth', what: 'dashboard', quantity: FOOTPRINT.dashboards * month },
    { price: 'metricMonth', what: 'custom metrics', quantity: FOOTPRINT.customMetrics * month },
    { price: 'keyMonth', what: 'keys', quantity: KEYS * month },
    { price: 'metricRead', what: 'evaluations: metrics', quantity: looks * FOOTPRINT.metricsPerLook.alone },
    {
      price: 'stateTransition',
      what: 'state machine',
      quantity: looks * FOOTPRINT.transitionsPerLook + 2 * FOOTPRINT.fixedTransitions,
    },
    {
      price: 'lambdaGbSecond',
      what: 'functions',
      quantity: 2 * looks * FOOTPRINT.handlerSeconds * FOOTPRINT.handlerGb,
    },
  ];
}
