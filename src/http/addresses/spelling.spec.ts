import { routeUrl } from './spelling';

const RESOURCES = new Set(['chat', 'models', 'files']);

describe('routeUrl', () => {
  it.each([
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/chat/completions?a=//b/', '/v1/chat/completions?a=//b/'],
    ['/v1/v1//files///file_X/', '/v1/files/file_X'],
    ['/models/org/name', '/v1/models/org%2Fname'],
    ['/v1/models/', '/v1/models'],
    ['/v1', '/v1'],
    ['/v1/v1', '/v1'],
    ['/v1beta/models', '/v1beta/models'],
    ['/admin/models/', '/admin/models'],
    ['/chatter', '/chatter'],
    ['/openai/v1/chat/completions', '/v1/chat/completions'],
    ['/openai/files?api-version=2026-01-01', '/v1/files?api-version=2026-01-01'],
    ['/openai/deployments/gpt-4.1/chat/completions', '/openai/deployments/gpt-4.1/chat/completions'],
    ['/openai', '/openai'],
    ['/', '/'],
    ['///', '/'],
    ['/docs/', '/docs/'],
    ['*', '*'],
    ['http://host//v1', 'http://host//v1'],
  ])('C5: %s is %s', (url, expected) => expect(routeUrl(url, RESOURCES)).toBe(expected));
});
