/** The public APIs that clients speak. */
export type Api = 'chat' | 'responses' | 'messages';

export interface Client {
  name: string;
  /** The public API that it speaks. */
  api: Api;
  /** Where its packages are: among the gateway's own, or in .ci. */
  from: 'own' | 'node' | 'python';
  /** The classes of its errors by status, as patterns. */
  errors: Record<number, string>;
  aborted: string;
  /** Whether it drops encrypted reasoning that came as a stream. */
  losesReasoning?: boolean;
}

const OFFICIAL = {
  400: 'BadRequestError|InvalidRequestError',
  401: 'AuthenticationError',
  404: 'NotFoundError',
  429: 'RateLimit\\w*Error',
};
const VERCEL = {
  400: 'AI_APICallError',
  401: 'AI_APICallError',
  404: 'AI_APICallError',
  429: 'AI_APICallError',
};

const client = (name: string, api: Api, from: Client['from'], errors: Client['errors'], aborted: string): Client => ({
  name,
  api,
  from,
  errors,
  aborted,
});

export const CLIENTS: Client[] = [
  client('openai chat', 'chat', 'own', OFFICIAL, 'APIUserAbortError'),
  client('openai responses', 'responses', 'own', OFFICIAL, 'APIUserAbortError'),
  client('anthropic messages', 'messages', 'own', OFFICIAL, 'APIUserAbortError'),
  client('ai openai chat', 'chat', 'node', VERCEL, 'AbortError'),
  client('ai openai responses', 'responses', 'node', VERCEL, 'AbortError'),
  client('ai openai-compatible', 'chat', 'node', VERCEL, 'AbortError'),
  client('ai anthropic', 'messages', 'node', VERCEL, 'AbortError'),
  client('langchain openai chat', 'chat', 'node', OFFICIAL, 'AbortError'),
  { ...client('langchain openai responses', 'responses', 'node', OFFICIAL, 'AbortError'), losesReasoning: true },
  client('langchain anthropic', 'messages', 'node', OFFICIAL, 'AbortError'),
  client('python openai chat', 'chat', 'python', OFFICIAL, 'AbortedError'),
  client('python openai responses', 'responses', 'python', OFFICIAL, 'AbortedError'),
  client('python anthropic messages', 'messages', 'python', OFFICIAL, 'AbortedError'),
  client('python langchain openai chat', 'chat', 'python', OFFICIAL, 'AbortedError'),
  client('python langchain openai responses', 'responses', 'python', OFFICIAL, 'AbortedError'),
  client('python langchain anthropic', 'messages', 'python', OFFICIAL, 'AbortedError'),
];
