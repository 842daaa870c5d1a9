import { describe, expect, it } from 'vitest';
import { routeOf } from '../../http/index.ts';

describe('the route of a request', () => {
  const templates = ['/articles/{slug}', '/articles/feed', '/{kind}/feed', '/articles/{slug}/comments/{id}'];
  it.each([
    ['/articles/feed', '/articles/feed'],
    ['/articles/feed/', '/articles/feed'],
    ['/articles/feed?limit=5', '/articles/feed'],
    ['/articles/first-post', '/articles/{slug}'],
    ['/users/feed', '/{kind}/feed'],
    ['/api/articles/first-post', '/articles/{slug}'],
    ['/shop/api/articles/a/comments/7', '/articles/{slug}/comments/{id}'],
  ])('%s is the most specific template: %s', (target, route) => {
    expect(routeOf(target, templates)).toBe(route);
    expect(routeOf(target, templates.toReversed())).toBe(route);
  });

  it.each([
    ['/items/7', '/items/*'],
    ['/items', '/items'],
    ['/', '/'],
    ['/api/articles/', '/api/articles'],
    ['/api/articles/feed', '/api/articles/*'],
    ['/api/tags', '/api/tags'],
    ['/api/v1/users/1', '/api/v1/users/*'],
    ['/v2/orders/7/lines', '/v2/orders/*'],
  ])('%s without templates is %s', (target, route) => {
    expect(routeOf(target, [])).toBe(route);
  });
});
