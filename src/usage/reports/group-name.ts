/**
 * The name of a group in a report.
 *
 * @param value the column's value: a Date for an hour or a day
 */
export function groupName<T extends string | null>(group: string, value: T | Date): T | string {
  if (!(value instanceof Date)) return value;
  const text = value.toISOString();
  return group === 'day' ? text.slice(0, '2026-11-23'.length) : `${text.slice(0, '2026-11-23T17'.length)}:00:00Z`;
}
