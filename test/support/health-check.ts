/** A target group's health check, for tests to which its values do not matter. */
export const HEALTH_CHECK = {
  path: '/',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  matcher: '200',
};
