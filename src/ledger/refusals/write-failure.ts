/** What says nothing against a row: connection, rollback, resources, locks, operators, the system. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const PASSING = /^(08|25|40|53|55|57|58)/;
const DISK_FULL = '53100';

/** The five characters by which PostgreSQL names what failed; undefined where it was not PostgreSQL that failed. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code) ? code : undefined;
}

/** Whether the same statement may succeed a moment later. */
export function mayPass(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code === undefined || PASSING.test(code);
}

/** Whether no row is to blame, however often it fails. */
export function isDiskFull(error: unknown): boolean {
  return sqlStateOf(error) === DISK_FULL;
}

/** The SQLSTATE and the message, for people. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `${sqlStateOf(error) ?? 'no SQLSTATE'}: ${message}`.slice(0, 500).toWellFormed().replaceAll('\0', '\uFFFD');
}
