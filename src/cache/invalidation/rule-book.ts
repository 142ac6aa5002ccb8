import { type InvalidationRule, matches, nameOf, type RuledFacts, type RuledPlace } from './invalidation-rule';

/**
 * The rules in force. An answer knows the newest rule that its process knew when the question was asked, so only newer ones
 * are held against it: no clock is compared, and an answer that is newer than all rules costs one comparison.
 */
export class RuleBook {
  /** Oldest first. */
  private rules: InvalidationRule[] = [];
  /** Of the rules that name nothing but a key, the newest for each. There may be very many. */
  private readonly keys = new Map<string, InvalidationRule>();
  private newestRevision = 0;

  /** The newest rule there has been; 0 before the first. */
  get newest(): number {
    return this.newestRevision;
  }

  get size(): number {
    return this.rules.length + this.keys.size;
  }

  /** Puts a rule in force. Of two that mean the same answers the newer one is enough. */
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

  /** Lets go of the rules whose answers are all over. */
  expire(nowMs: number): void {
    this.rules = this.rules.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    for (const [key, { expiresAtMs }] of this.keys) if (expiresAtMs <= nowMs) this.keys.delete(key);
  }

  /**
   * Whether a rule that came after the question takes its answer out of service.
   *
   * @param before only rules that are older than this one
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
