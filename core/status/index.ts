/** Notifications about a cutover for people and machines: versioned events, and their text. */
export { cutoverDashboard, dashboardUrl, runbookDashboard } from './console-links.ts';
export { MIRROR_LOSSES, type MirrorLoss, UNSENT_COPIES } from './mirror-losses.ts';
export {
  STATUS_EVENT_DETAIL_TYPE,
  STATUS_EVENT_SOURCE,
  type StatusEvent,
  statusEvent,
  statusEventSchema,
} from './status-event.ts';
export { statusText } from './status-text.ts';
