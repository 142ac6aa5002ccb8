import { type InvalidationRule, matches, nameOf, type RuledFacts, type RuledPlace } from './invalidation-rule';

/**
 * The rules in force. A stored response has the revision of the newest rule that its process knew when the call started, so
 * only newer rules apply to it: no clocks are compared, and a response newer than all rules costs one comparison.
 */
export class RuleBook {
  /** Oldest first. */
  private rules: InvalidationRule[] = [];
  /** The newest rule for each key, of the rules that name only a key. There may be very many. */
  private readonly keys = new Map<string, InvalidationRule>();
  private newestRevision = 0;

  /** The revision of the newest rule so far; 0 before the first. */
  get newest(): number {
    return this.newestRevision;
  }

  get size(): number {
    return this.rules.length + this.keys.size;
  }

  /** Puts a rule in force. It replaces an older rule with the same criteria. */
  add(rule: InvalidationRule): void {
    if (rule.revision <= this.newestRevision) return;
    this.newestRevision = rule.revision;
    if (rule.key !== undefined && nameOf(rule) === nameOf({ key: rule.key })) {
      this.keys.set(rule.key, rule);
      return;
    }
    const name = nameOf(rule);
    this.rules = [...this.rules.filter((older) => nameOf(older) !== name), rule];
  }

  /** Removes the rules whose responses have all expired. */
  expire(nowMs: number): void {
    this.rules = this.rules.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    for (const [key, { expiresAtMs }] of this.keys) if (expiresAtMs <= nowMs) this.keys.delete(key);
  }

  /**
   * Whether a rule newer than the call invalidates its response.
   *
   * @param before only rules older than this revision count
   */
  retires(place: RuledPlace, facts: RuledFacts, before = Infinity): boolean {
    if (facts.rulesSeen >= this.newestRevision) return false;
    const byKey = this.keys.get(place.key)?.revision ?? 0;
    if (byKey > facts.rulesSeen && byKey < before) return true;
    for (let index = this.rules.length - 1; index >= 0; index -= 1) {
      const rule = this.rules[index];
      if (rule === undefined || rule.revision <= facts.rulesSeen) return false;
      if (rule.revision < before && matches(rule, place, facts)) return true;
    }
    return false;
  }
}
