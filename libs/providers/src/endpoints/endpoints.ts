import type { Endpoint } from '../endpoint';
import { embeddings } from './embeddings/embeddings.endpoint';
import { messages } from './messages/messages.endpoint';
import { chatCompletions } from './chat-completions/chat-completions.endpoint';
import { responses } from './responses/responses.endpoint';

/** The public APIs that the pipeline serves. */
export const ENDPOINTS: readonly Endpoint[] = [chatCompletions, messages, responses, embeddings];

/** The endpoint at a path, or at one above it: errors of `/v1/messages/count_tokens` have the shape of `/v1/messages`. */
export function endpointUnder(path: string): Endpoint | undefined {
  return ENDPOINTS.find((endpoint) => endpoint.path === path || path.startsWith(`${endpoint.path}/`));
}

/** The endpoint at a path, with or without `/v1`. */
export function endpointAt(path: string): Endpoint | undefined {
  return ENDPOINTS.find((endpoint) => endpoint.path === path || endpoint.path === `/v1${path}`);
}
