/** The URL with more parameters; one of the same name is replaced. */
export function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  if (Object.keys(query).length === 0) return url;
  const [base = '', own] = url.split(/\?(.*)/s);
  const parameters = new URLSearchParams(own);
  for (const [name, value] of Object.entries(query)) parameters.set(name, value);
  return `${base}?${parameters.toString()}`;
}
