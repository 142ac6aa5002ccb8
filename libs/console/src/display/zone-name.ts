const SHORT: Readonly<Record<string, string>> = {
  'Asia/Seoul': 'KST',
  'Asia/Tokyo': 'JST',
  UTC: 'UTC',
  'Etc/UTC': 'UTC',
};

/** The short name of a zone: the usual one, else its difference to UTC, as `GMT-5`. */
export function zoneName(zone: string): string {
  const known = SHORT[zone];
  if (known) return known;
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'short' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}
