/** Alarms of a cutover, and the dashboards that show them. */
export { type AlarmThresholds, CutoverAlarms, type CutoverAlarmsProps, DEFAULT_THRESHOLDS } from './cutover-alarms.ts';
export { CutoverDashboard, type CutoverDashboardProps } from './cutover-dashboard.ts';
export { dashboardAddress, RunbookDashboard, runbookAddress, runbookPlace } from './runbook-dashboard.ts';
