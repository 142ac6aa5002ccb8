import type { JsonRecord } from '../../json-record';

/** A request on its way to a vendor. The caller's body stays as it is; what is nested in it is copied where it changes. */
export class Draft {
  readonly body: JsonRecord;
  readonly headers: Record<string, string> = {};
  /** Members of the caller's that the vendor does not get as they were. */
  readonly dropped = new Set<string>();

  constructor(body: JsonRecord) {
    this.body = { ...body };
  }

  /** Takes a member out of the body. */
  take(name: string): unknown {
    const value = this.body[name];
    delete this.body[name];
    return value;
  }
}

/** The list with each element replaced; the list itself where none changes. */
export function mapped(
  list: readonly unknown[],
  change: (each: unknown, index: number) => unknown,
): readonly unknown[] {
  const changed = list.map(change);
  return changed.every((each, index) => each === list[index]) ? list : changed;
}

/** The object without members; the object itself where it has none of them. */
export function omitted(record: JsonRecord, names: readonly string[]): JsonRecord {
  if (!names.some((name) => record[name] !== undefined)) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
