import { SessionCookie } from './session-cookie';

describe('the cookie of a session', () => {
  it('is bound to the host over HTTPS', () => {
    const cookie = new SessionCookie('https://llm.example.com');
    expect(cookie.set('token')).toBe('__Host-tg_session=token; Path=/; HttpOnly; Secure; SameSite=Lax');
    expect(cookie.read({ cookie: 'tg_session=plain; __Host-tg_session=token' })).toBe('token');
    expect(cookie.read({ cookie: 'tg_session=plain' })).toBeUndefined();
    expect(cookie.clear()).toContain('Max-Age=0');
  });

  it('has a plain name over HTTP, and is set on loopback only', () => {
    const cookie = new SessionCookie(undefined);
    expect(cookie.set('token')).toBe('tg_session=token; Path=/; HttpOnly; SameSite=Lax');
    for (const host of ['127.0.0.1:3000', 'localhost', 'localhost:3000', '[::1]:3000', '127.1.2.3'])
      expect(() => cookie.requireSafe({ host })).not.toThrow();
    for (const host of ['llm.corp:3000', '127.0.0.1.evil.example', '10.0.0.1', '', 'localhost.evil.example'])
      expect(() => cookie.requireSafe({ host })).toThrow(/PUBLIC_URL/);
  });

  it('is set over HTTP where the operator names such an address', () => {
    const cookie = new SessionCookie('http://llm.corp:3000');
    expect(() => cookie.requireSafe({ host: 'llm.corp:3000' })).not.toThrow();
    expect(cookie.set('token')).toMatch(/^tg_session=/);
  });
});
