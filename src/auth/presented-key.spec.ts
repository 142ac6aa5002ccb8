import { maskKey, presentedKey } from './presented-key';

describe('presentedKey', () => {
  it.each([
    [{ authorization: 'Bearer sk-tg-1' }, 'sk-tg-1'],
    [{ authorization: 'bearer   sk-tg-1 ' }, 'sk-tg-1'],
    [{ 'x-api-key': 'sk-tg-2' }, 'sk-tg-2'],
    [{ 'api-key': 'sk-tg-3' }, 'sk-tg-3'],
    [{ authorization: 'Bearer sk-tg-1', 'x-api-key': 'sk-tg-2' }, 'sk-tg-1'],
    [{ authorization: 'Basic dTpw', 'x-api-key': 'sk-tg-2' }, 'sk-tg-2'],
  ])('in %j is %s', (headers, text) => expect(presentedKey(headers)).toEqual({ kind: 'key', text }));

  it.each([
    [{}, 'missing'],
    [{ authorization: '' }, 'missing'],
    [{ 'x-api-key': '' }, 'missing'],
    [{ authorization: 'Bearer' }, 'malformed'],
    [{ authorization: 'Basic dTpw' }, 'malformed'],
    [{ authorization: 'sk-tg-1' }, 'malformed'],
    [{ authorization: 'Bearer sk-tg-1 sk-tg-2' }, 'malformed'],
  ])('in %j is %s', (headers, kind) => expect(presentedKey(headers)).toEqual({ kind }));
});

describe('maskKey', () => {
  it('shows at most the first 8 and last 4 characters', () => {
    expect(maskKey('sk-tg-abcdefghijklmnopqrstuvwxyz')).toBe('sk-tg-ab***wxyz');
  });
  it('shows less of a short key', () => {
    expect(maskKey('hunter2')).toBe('h***');
    expect(maskKey('0123456789012345')).toBe('0123***');
  });
});
