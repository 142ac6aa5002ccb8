interface Place<Value> {
  value: Value | undefined;
}

/**
 * A map of what comes and goes with calls, whose values may be large: it keeps nothing of them once they are taken out.
 *
 * A `Map` that is filled and emptied all the time does: each time its table is full of gaps V8 makes a new one, the old one
 * keeps what it had and points to the new one, for iterators that may be under way. Once a table has grown old it keeps all
 * later ones, with nearly everything that was ever in them, until the next full collection. Here that is an empty place each.
 *
 * @see https://github.com/v8/v8/blob/11.3.244/src/objects/ordered-hash-table.h
 */
export class TransientMap<Value extends object> {
  private readonly places = new Map<string, Place<Value>>();

  get(key: string): Value | undefined {
    return this.places.get(key)?.value;
  }

  set(key: string, value: Value): void {
    const place = this.places.get(key);
    if (place === undefined) this.places.set(key, { value });
    else place.value = value;
  }

  delete(key: string): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    place.value = undefined;
    this.places.delete(key);
  }

  /** In the order in which their keys were set; what is taken out meanwhile is left out. */
  *values(): Generator<Value, void, undefined> {
    for (const { value } of this.places.values()) if (value !== undefined) yield value;
  }
}
