import { createHash } from 'node:crypto';
import { sampleOf } from '../vendors/sample-of-schema';
import { type ClaudeFacts, thinks } from './claude-facts';
import { signatureOf } from './conversation-check';

/** Prefixes that are in the prompt cache, by digest. */
export type CachedPrefixes = Set<string>;

/** The text of the last message of the user that is no result of a tool. */
export function promptOf(body: any): string {
  const texts = body.messages
    .filter(({ role }: any) => role === 'user')
    .map(({ content }: any) =>
      typeof content === 'string' ? content : content.map(({ text }: any) => text ?? '').join(' '),
    )
    .filter((text: string) => text.trim() !== '');
  return texts.at(-1) ?? '';
}

/** The message that answers a request: the same for equal requests. */
export function messageFor(body: any, facts: ClaudeFacts, cached: CachedPrefixes): any {
  const prompt = promptOf(body);
  const isRefused = prompt.includes('[[refuse]]');
  const content = isRefused ? [] : contentFor(body, facts, prompt);
  const calls = content.some(({ type }) => type === 'tool_use');
  const stop = /\[\[stop=(\w+)\]\]/.exec(prompt)?.[1] ?? (isRefused ? 'refusal' : calls ? 'tool_use' : 'end_turn');
  const details = isRefused ? { type: 'refusal', category: 'test', explanation: 'I must not.' } : null;
  return {
    id: `msg_${digestOf(body)}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    stop_details: details,
    usage: usageFor(body, content, cached),
  };
}

function contentFor(body: any, facts: ClaudeFacts, prompt: string): any[] {
  const rounds = body.messages.filter(
    ({ role, content }: any) => role === 'assistant' && content.some(({ type }: any) => type === 'tool_use'),
  ).length;
  const thoughts = thinks(body, facts) ? [thought(body, facts, `Round ${rounds} of ${prompt}`)] : [];
  const [, wanted = '', times = '1'] = /\[\[call=([\w,-]+)(?:\*(\d+))?\]\]/.exec(prompt) ?? [];
  const names = wanted.split(',').filter((name) => body.tools?.some((tool: any) => tool.name === name));
  if (names.length > 0 && rounds < Number(times) && body.tool_choice?.type !== 'none') {
    const uses = names.map((name, index) => ({
      type: 'tool_use',
      id: `toolu_${digestOf([body.messages, name, index])}`,
      name,
      input: { round: rounds, city: '서울' },
    }));
    return [...thoughts, { type: 'text', text: `Calling ${wanted}.` }, ...uses];
  }
  const { format } = body.output_config ?? {};
  return [
    ...thoughts,
    { type: 'text', text: format ? JSON.stringify(sampleOf(format.schema)) : textFor(body, prompt) },
  ];
}

/** Newer models leave the text out unless it is asked for. */
function thought(body: any, facts: ClaudeFacts, text: string): any {
  const isShown = facts.version < 5 || body.thinking?.display === 'summarized';
  const thinking = isShown ? text : '';
  return { type: 'thinking', thinking, signature: signatureOf(thinking, body.messages, facts) };
}

function textFor(body: any, prompt: string): string {
  const results = body.messages.at(-1).content.filter?.(({ type }: any) => type === 'tool_result') ?? [];
  if (results.length > 0) return `Results: ${results.map(({ content }: any) => JSON.stringify(content)).join(', ')}`;
  const images = JSON.stringify(body.messages).match(/"type":"image"/g)?.length ?? 0;
  return images > 0 ? `I see ${images} image(s).` : `대답: ${prompt}`;
}

/** Counts of a prompt whose marked part is written into the cache once, and read from it later. */
function usageFor(body: any, content: any[], cached: CachedPrefixes): any {
  const text = JSON.stringify([body.system, body.tools, body.messages]);
  const marked = text.lastIndexOf('"cache_control"');
  const total = Math.ceil(text.length / 4);
  const prefix = marked < 0 ? 0 : Math.ceil(marked / 4);
  const digest = digestOf([body.model, text.slice(0, Math.max(0, marked))]);
  const isRead = cached.has(digest);
  if (prefix > 0) cached.add(digest);
  const written = isRead ? 0 : prefix;
  const isLong = text.includes('"ttl":"1h"');
  const thinking = content.filter(({ type }) => type === 'thinking');
  return {
    input_tokens: total - prefix,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: isRead ? prefix : 0,
    cache_creation: {
      ephemeral_5m_input_tokens: isLong ? 0 : written,
      ephemeral_1h_input_tokens: isLong ? written : 0,
    },
    output_tokens: Math.ceil(JSON.stringify(content).length / 4),
    ...(thinking.length > 0 && {
      output_tokens_details: { thinking_tokens: Math.ceil(JSON.stringify(thinking).length / 4) },
    }),
    service_tier: 'standard',
    inference_geo: 'global',
  };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 20);
}
