import type { ModelCacheRules, ModelCacheRulesChange } from '@thriftgate/contracts';

/** The rules of a model with changes laid over them: null takes a rule away, and in place of all takes all away. */
export function rulesAfter(
  before: ModelCacheRules | null,
  changes: ModelCacheRulesChange | undefined,
): ModelCacheRules | null {
  if (changes === undefined) return before;
  const rules = Object.entries({ ...before, ...changes }).filter(([, rule]) => rule !== null && rule !== undefined);
  return changes === null || rules.length === 0 ? null : (Object.fromEntries(rules) as ModelCacheRules);
}
