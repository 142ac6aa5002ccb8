/** OpenAI's APIs by the first segment under `/v1`. `completions` is not here: who asks for it mostly means chat completions. */
const APIS = new Set(
  `assistants audio chatkit containers content_provenance_checks conversations edits embeddings engines evals fine-tunes
  fine_tuning images moderations organization projects realtime responses skills threads uploads vector_stores
  videos`.split(/\s+/),
);
const PREFIXES = new Set(['v1', 'openai']);
const CHAT = ['chat', 'completions'];

/**
 * Which part of OpenAI's API a path means that the gateway does not serve, as a sentence without its end.
 *
 * @param segments the path's parts between slashes
 * @param served the first segments of the paths that the gateway serves under `/v1`
 * @see https://platform.openai.com/docs/api-reference
 */
export function unservedApi(segments: readonly string[], served: ReadonlySet<string>): string | undefined {
  const own = segments.slice(segments.findIndex((segment) => !PREFIXES.has(segment)));
  const [api = ''] = own;
  if (isStoredCompletion(own)) return 'This gateway keeps no completions to show, change or delete';
  return APIS.has(api) && !served.has(api) ? `This gateway does not serve OpenAI's ${api}` : undefined;
}

/** `chat/completions/{id}` and `chat/completions/{id}/messages` are about completions that OpenAI has stored. */
function isStoredCompletion(segments: readonly string[]): boolean {
  const [id, list, ...rest] = segments.slice(CHAT.length);
  if (!CHAT.every((part, index) => part === segments[index])) return false;
  return id !== undefined && (list === undefined || list === 'messages') && rest.length === 0;
}
