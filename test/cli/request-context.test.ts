import { describe, expect, it } from 'vitest';
import { meeting } from '../../cli/account/look/request-context.ts';

describe('a request for a right that is granted under conditions', () => {
  it('has a value of each condition, of its type', () => {
    expect(
      meeting({
        StringEquals: { 'events:source': ['crossfade', 'other'] },
        StringLike: { 's3:prefix': ['pairs/*'] },
        Bool: { 'aws:SecureTransport': ['true'] },
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['CHAT#one'] },
        NumericLessThanEqualsIfExists: { 's3:max-keys': ['10'] },
      }),
    ).toEqual([
      { ContextKeyName: 'events:source', ContextKeyValues: ['crossfade'], ContextKeyType: 'string' },
      { ContextKeyName: 's3:prefix', ContextKeyValues: ['pairs/x'], ContextKeyType: 'string' },
      { ContextKeyName: 'aws:SecureTransport', ContextKeyValues: ['true'], ContextKeyType: 'boolean' },
      { ContextKeyName: 'dynamodb:LeadingKeys', ContextKeyValues: ['CHAT#one'], ContextKeyType: 'stringList' },
      { ContextKeyName: 's3:max-keys', ContextKeyValues: ['10'], ContextKeyType: 'numeric' },
    ]);
  });

  it.each([
    ['a negation', { StringNotEquals: { 'events:source': ['crossfade'] } }],
    ['a key that must be absent', { Null: { 'events:source': ['true'] } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable is written so
    ['a policy variable', { StringEquals: { 's3:prefix': ['${aws:username}'] } }],
    ['a date', { DateLessThan: { 'aws:CurrentTime': ['2020-01-01T00:00:00Z'] } }],
    ['a condition beside one that it could meet', { Bool: { a: ['true'] }, StringNotLike: { b: ['c'] } }],
  ])('is not made up for %s', (_title, condition) => {
    expect(meeting(condition)).toBeNull();
  });

  it('names the partition that a right on a shared table is limited to', () => {
    const keys = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['INGRESS#shop', 'CUTOVER#shop#*'] } };
    const entry = {
      ContextKeyName: 'dynamodb:LeadingKeys',
      ContextKeyValues: ['INGRESS#shop'],
      ContextKeyType: 'stringList',
    };
    expect(meeting({ ...keys, Null: { 'dynamodb:LeadingKeys': ['false'] } })).toEqual([entry]);
    expect(meeting({ Null: { 'dynamodb:LeadingKeys': ['false'] } })).toBeNull();
    expect(meeting({ ...keys, Null: { 'dynamodb:LeadingKeys': ['true'] } })).toBeNull();
  });
});
