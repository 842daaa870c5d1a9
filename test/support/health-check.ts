/** A target group's health check, where a test does not care. */
export const HEALTH_CHECK = {
  path: '/',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  matcher: '200',
};
