const SHOWN_END = 4;

/** A URL whose path is a secret, masked: `https://hooks.slack.com/…a1b2`. */
export function masked(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/…${pathname.length > 3 * SHOWN_END ? pathname.slice(-SHOWN_END) : ''}`;
}
