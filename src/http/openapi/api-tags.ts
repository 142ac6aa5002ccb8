/** The tags of the OpenAPI document, in the order in which Swagger UI shows them. Each route has one. */
export const API_TAGS = {
  Chat: 'Chat completions, with any model of any provider.',
  Models: 'The models that a key may use, with their prices.',
  Files: 'The input and the output of batches.',
  Batches: 'Many requests at once, which run at their own pace and resume after a restart.',
  Usage: "Calls, tokens and dollars of the caller's team.",
  Teams: 'For administrators: the teams that calls, costs and cached responses belong to.',
  Keys: 'For administrators: the API keys of teams.',
  Budgets: 'For administrators: what teams and keys may spend, by window.',
  Credits: 'For administrators: prepaid balances of teams, and their monthly statements.',
  'Model settings': 'For administrators: models, their deployments, versions and cache rules.',
  Prices: 'For administrators: what is charged for tokens, and since when.',
  Cache: 'For administrators: statistics, invalidation, and the teams that share responses.',
  Reports: 'For administrators: usage and single calls of all teams.',
  Savings: 'For administrators: what was saved, and what could be.',
  Alerts: 'For administrators: alerts, and the webhooks that get them.',
  Audit: 'For administrators: the changes that were made, and by which key.',
  Ledger: 'For administrators: the check of the books.',
  Health: 'For load balancers and orchestrators. Needs no key.',
} as const;

export type ApiTag = keyof typeof API_TAGS;
