import { describe, expect, it } from 'vitest';
import { matches, routeOf } from '../../http/index.ts';

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

describe('a template', () => {
  it.each([
    ['/items/{id}', ['/items/7', '/items/7/'], ['/items', '/items/7/lines', '/orders/7']],
    ['/items/*', ['/items/7'], ['/items', '/items/7/lines']],
    ['/items/**', ['/items', '/items/7', '/items/7/lines'], ['/', '/orders', '/item']],
    ['/**', ['/', '/items/7'], []],
    ['/**/lines', ['/lines', '/items/7/lines'], ['/items/lines/7']],
  ])('%s takes in what it says', (template, within, without) => {
    expect(within.filter((path) => !matches(template, path))).toEqual([]);
    expect(without.filter((path) => matches(template, path))).toEqual([]);
  });

  it('of any number of segments is a route for what no other names', () => {
    const templates = ['/**', '/items/**', '/items/{id}', '/items/new'];
    expect(['/items/new', '/items/7', '/items/7/lines', '/x'].map((path) => routeOf(path, templates))).toEqual([
      '/items/new',
      '/items/{id}',
      '/items/**',
      '/**',
    ]);
  });
});
