/** Alarms of a cutover, and the dashboards that show them. */
export { CutoverAlarms, type CutoverAlarmsProps, theAlarms } from './cutover-alarms.ts';
export { CutoverDashboard, type CutoverDashboardProps } from './cutover-dashboard.ts';
export { dashboardAddress, RunbookDashboard, runbookAddress, runbookPlace } from './runbook-dashboard.ts';
export { type AlarmThresholds, DEFAULT_THRESHOLDS, THRESHOLDS_SHAPE } from './thresholds.ts';
