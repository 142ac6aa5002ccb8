/** What a call is written with. */
interface Call {
  endpoint: string;
  model: string;
  stream: boolean;
}

/** The members that each API has beside `model`; the request's own are not known, because no body is kept. */
const BODIES: Readonly<Record<string, object>> = {
  '/v1/responses': { input: '…' },
  '/v1/embeddings': { input: '…' },
  '/v1/messages': { max_tokens: 256, messages: [{ role: 'user', content: '…' }] },
};
const CHAT = { messages: [{ role: 'user', content: '…' }] };

/** The call as a line for a shell: the key is a variable, and the texts are left open. @param origin of the gateway */
export function curlOf({ endpoint, model, stream }: Call, origin: string): string {
  const body = { model, ...(BODIES[endpoint] ?? CHAT), ...(stream && { stream: true }) };
  return [
    `curl ${shellQuoted(`${origin}${endpoint}`)} \\`,
    '  -H "Authorization: Bearer $OPENAI_API_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${shellQuoted(JSON.stringify(body))}`,
  ].join('\n');
}

/** A text that a shell takes as it is. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
