/** The order matters: most browsers also call themselves Chrome and Safari. */
const BROWSERS: readonly [name: string, product: RegExp][] = [
  ['Edge', /Edg(?:e|A|iOS)?\/(\d+)/],
  ['Whale', /Whale\/(\d+)/],
  ['Samsung Internet', /SamsungBrowser\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari/],
];

/** The browser and its version from the header User-Agent, else the header itself, shortened. */
export function browserName(agent: string): string {
  for (const [name, product] of BROWSERS) {
    const [, version] = product.exec(agent) ?? [];
    if (version !== undefined) return `${name} ${version}`;
  }
  return agent.length > 60 ? `${agent.slice(0, 60)}…` : agent;
}
