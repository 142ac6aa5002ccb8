/** Requests of each public API, with the same content. */
const SYSTEM = 'You are a careful assistant of a large company. Answer in one short sentence.';
const question = (ticket) =>
  `Ticket ${ticket}: a customer asks which plan is the cheapest one for forty seats, billed monthly, with single sign-on.`;

const REQUESTS = {
  chat: {
    path: '/v1/chat/completions',
    body: (ticket) => ({
      messages: [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: question(ticket) },
      ],
      temperature: 0.2,
      max_tokens: 200,
    }),
  },
  messages: {
    path: '/v1/messages',
    body: (ticket) => ({
      system: SYSTEM,
      messages: [{ role: 'user', content: question(ticket) }],
      temperature: 0.2,
      max_tokens: 200,
    }),
  },
  responses: {
    path: '/v1/responses',
    body: (ticket) => ({
      instructions: SYSTEM,
      input: question(ticket),
      temperature: 0.2,
      max_output_tokens: 200,
      store: false,
    }),
  },
  embeddings: { path: '/v1/embeddings', body: (ticket) => ({ input: question(ticket) }) },
};

export const ENDPOINTS = Object.keys(REQUESTS);

/** @param ticket a text of the prompt, by which it differs from others */
export function requestOf(endpoint, { model, ticket, stream }) {
  const { path, body } = REQUESTS[endpoint];
  return { path, body: JSON.stringify({ model, ...body(ticket), ...(stream && { stream: true }) }) };
}
