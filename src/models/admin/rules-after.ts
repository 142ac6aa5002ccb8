import type { ModelCacheRules, ModelCacheRulesChange } from '@thriftgate/contracts';

/** The rules of a model after changes: a null rule is removed, and null instead of rules removes all. */
export function rulesAfter(
  before: ModelCacheRules | null,
  changes: ModelCacheRulesChange | undefined,
): ModelCacheRules | null {
  if (changes === undefined) return before;
  const rules = Object.entries({ ...before, ...changes }).filter(([, rule]) => rule !== null && rule !== undefined);
  return changes === null || rules.length === 0 ? null : (Object.fromEntries(rules) as ModelCacheRules);
}
