/**
 * What a group of a report is called.
 *
 * @param value as it comes from the database: a moment for an hour or a day
 */
export function groupName<T extends string | null>(group: string, value: T | Date): T | string {
  if (!(value instanceof Date)) return value;
  const text = value.toISOString();
  return group === 'day' ? text.slice(0, '2026-11-23'.length) : `${text.slice(0, '2026-11-23T17'.length)}:00:00Z`;
}
