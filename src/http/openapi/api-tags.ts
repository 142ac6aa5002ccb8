/** The tags of the OpenAPI document, in the order in which Swagger UI shows them. Each route has one. */
export const API_TAGS = {
  Chat: 'Chat completions, with any model of any provider.',
  Messages: "Anthropic's messages, with any model of any provider.",
  Responses: "OpenAI's Responses, with any model of any provider.",
  Embeddings: "OpenAI's embeddings, with any embedding model of any provider.",
  Models: 'The models that a key may use, with their prices.',
  Files: 'The input and the output of batches.',
  Batches: 'Many requests at once for work that can wait, at about half the price. They resume after a restart.',
  Usage: "Calls, tokens and dollars of the caller's team.",
  Teams: 'For administrators: the teams that calls, costs and cached responses belong to.',
  Keys: 'For administrators: the API keys of teams.',
  Sessions: 'People who sign in with a key, for the console and for these pages.',
  Budgets: 'For administrators: spending limits of teams and keys, by window.',
  Credits: 'For administrators: prepaid balances of teams, and their monthly statements.',
  'Model settings': 'For administrators: models, their deployments, versions and cache rules.',
  Providers: 'For administrators: providers, their keys, and the keys that teams have of their own.',
  Prices: 'For administrators: token prices and their start dates.',
  Cache: 'For administrators: statistics, invalidation, and the teams that share responses.',
  Reports: 'For administrators: usage and single calls of all teams.',
  Savings: 'For administrators: savings, and missed ones.',
  Alerts: 'For administrators: alerts, and the webhooks that get them.',
  Audit: 'For administrators: administrative changes, and the key that made each.',
  Ledger: 'For administrators: the check of the ledger.',
  Azure: "The same calls at the addresses of Azure's clients.",
  Health: 'For load balancers and orchestrators. Needs no key.',
} as const;

export type ApiTag = keyof typeof API_TAGS;
