import { samePath } from './same-site';

describe('the page after sign-in', () => {
  it.each(['/console', '/console/usage?from=30d&model=a//b', '/console/teams/team_1/keys'])('is %s', (to) => {
    expect(samePath(to)).toBe(to);
  });

  it.each([
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/console\\..\\..//evil.example',
    '/console/../admin/teams',
    '/console/%2e%2e/docs',
    '/console/\t/evil.example',
    '/consoleevil',
    '/console.evil.example',
    '/console@evil.example',
    '/docs',
    'javascript:alert(1)',
    '/console/sign-in?to=/console',
    ['/console'],
  ])('is the overview for %j', (to) => {
    expect(samePath(to)).toBe('/console');
  });
});
