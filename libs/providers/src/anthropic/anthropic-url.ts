/** A path of the API. Anthropic's SDKs take a base URL without `/v1`; one with it is taken too. */
export function anthropicUrl(baseUrl: string, path: string): string {
  const [base = '', query] = baseUrl.split(/\?(.*)/s);
  const root = base.replace(/\/+$/, '').replace(/\/v1$/, '');
  return `${root}${path}${query === undefined ? '' : `?${query}`}`;
}
