/** The time zones that a browser knows, those first that are in use here. */
export function zoneNames(...first: (string | null)[]): string[] {
  const used = first.filter((zone) => zone !== null);
  return [...new Set([...used, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}
