/** The page to return to after sign-in; the overview for anything that is no path of this site. */
export function samePath(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/console')) return '/console';
  // A browser reads `/\` as `//`, and drops tabs and line ends.
  if (/[\\\p{Cc}]/u.test(to) || to.startsWith('//')) return '/console';
  const url = new URL(to, 'http://console.invalid');
  const isOwn = url.origin === 'http://console.invalid' && /^\/console(\/|$)/.test(url.pathname);
  return isOwn && !url.pathname.startsWith('/console/sign-in') ? url.pathname + url.search : '/console';
}
