const SHOWN_END = 4;

/** What may be shown of a URL whose path is a secret: `https://hooks.slack.com/…a1b2`. */
export function masked(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/…${pathname.length > 3 * SHOWN_END ? pathname.slice(-SHOWN_END) : ''}`;
}
