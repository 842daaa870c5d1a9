import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternsMeet } from '../../../core/listener/pattern.ts';

describe('path patterns of two rules', () => {
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
  /** A pattern that matches `of`: some characters become `?`, some runs become `*`. */
  const patternOf = (of: string) =>
    fc.array(fc.constantFrom('keep', 'any', 'star'), { minLength: of.length, maxLength: of.length }).map((kinds) =>
      [...of]
        .map((character, i) => (kinds[i] === 'star' ? '*' : kinds[i] === 'any' ? '?' : character))
        .join('')
        .replace(/\*+/g, '*'),
    );

  it('meet whenever one path matches both', () => {
    const patterns = path.chain((of) => fc.tuple(patternOf(of), patternOf(of)));
    fc.assert(fc.property(patterns, ([one, other]) => patternsMeet(one, other)));
  });

  it('do not meet where their first characters differ', () => {
    fc.assert(fc.property(path.chain(patternOf), (rest) => !patternsMeet(`a${rest}`, 'b*')));
  });

  it.each([
    ['/api/*', '/api/users', true],
    ['/api/*', '/app/*', false],
    ['/a?c', '/abc', true],
    ['*', '/anything', true],
    ['/a', '/a/', false],
    ['*/edit', '/users/*', true],
  ])('%s and %s: %s', (one, other, meet) => {
    expect(patternsMeet(one, other)).toBe(meet);
    expect(patternsMeet(other, one)).toBe(meet);
  });

  it('are compared in bounded time, however many stars they have', () => {
    expect(patternsMeet(`${'*a'.repeat(60)}b`, `${'a*'.repeat(60)}c`)).toBe(false);
  });
});
