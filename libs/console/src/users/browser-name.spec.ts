import { browserName } from './browser-name';

describe('the name of a browser', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'Chrome 156',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0', 'Edge 156'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0.0.0 Whale/4.35.1 Safari/537.36', 'Whale 4'],
    ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15', 'Safari 19'],
    ['Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/144.0', 'Firefox 144'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['x'.repeat(80), `${'x'.repeat(60)}…`],
  ])('in %s is %s', (agent, name) => {
    expect(browserName(agent)).toBe(name);
  });
});
