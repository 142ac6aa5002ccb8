import { InvalidRequestError } from '../../endpoint';
import { stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError } from '../../translator';
import { detailsOf } from './reasoning-signature';

/**
 * The messages of a chat request: the system prompt first, tool results as messages of their own before the text beside them.
 *
 * @throws InvalidRequestError, UnsupportedMemberError that name the block
 */
export function chatMessages({ system, messages }: JsonRecord): JsonRecord[] {
  const prompt = textOf(system, 'system');
  const first = prompt === '' ? [] : [{ role: 'system', content: prompt }];
  const turns = Array.isArray(messages) ? messages : [];
  return [...first, ...turns.flatMap((turn, index) => chatTurn(turn, `messages.${index}`))];
}

function chatTurn(turn: unknown, at: string): JsonRecord[] {
  if (!isRecord(turn)) throw new InvalidRequestError(`'${at}' must be an object.`, at);
  const { role, content } = turn;
  if (!Array.isArray(content)) return [{ role, content }];
  const blocks = content.map((block, index) => ({ block: isRecord(block) ? block : {}, at: `${at}.content.${index}` }));
  if (role === 'assistant') return [assistantTurn(blocks)];
  if (role === 'system') return [{ role, content: blocks.map(({ block }) => block.text).join('\n') }];
  return userTurn(blocks);
}

interface Block {
  block: JsonRecord;
  /** Where it stands, for errors. */
  at: string;
}

function userTurn(blocks: readonly Block[]): JsonRecord[] {
  const results: JsonRecord[] = [];
  const parts: JsonRecord[] = [];
  for (const { block, at } of blocks) {
    if (block.type === 'tool_result') {
      const { text, attachments } = toolResult(block, at);
      results.push({ role: 'tool', tool_call_id: block.tool_use_id, content: text });
      parts.push(...attachments);
    } else parts.push(partOf(block, at));
  }
  if (parts.length === 0) return results;
  const [only] = parts;
  const content = parts.length === 1 && only?.type === 'text' ? only.text : parts;
  return [...results, { role: 'user', content }];
}

/** The result of a tool. Chat completions takes only text there: pictures and documents go into the user's message. */
function toolResult(
  { content, is_error: failed }: JsonRecord,
  at: string,
): { text: string; attachments: JsonRecord[] } {
  const parts = Array.isArray(content)
    ? content.map((block, index) => partOf(isRecord(block) ? block : {}, `${at}.content.${index}`))
    : [{ type: 'text', text: textOf(content, `${at}.content`) }];
  const texts = parts.filter(({ type }) => type === 'text').map(({ text }) => text);
  const text = texts.join('\n');
  return { text: failed === true ? `Error: ${text}` : text, attachments: parts.filter(({ type }) => type !== 'text') };
}

function assistantTurn(blocks: readonly Block[]): JsonRecord {
  const texts: unknown[] = [];
  const calls: JsonRecord[] = [];
  const details: unknown[] = [];
  for (const { block, at } of blocks) {
    if (block.type === 'text') texts.push(block.text);
    else if (block.type === 'tool_use') {
      const called = { name: block.name, arguments: String(stringifyExact(block.input ?? {})) };
      calls.push({ id: block.id, type: 'function', function: called });
    } else if (block.type === 'thinking') details.push(...detailsOf(block));
    // Encrypted thinking of Anthropic's is nothing for another vendor.
    else if (block.type !== 'redacted_thinking') throw unsupported(block, at);
  }
  return {
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
}

/** A block as a part of a chat message. */
function partOf(block: JsonRecord, at: string): JsonRecord {
  if (block.type === 'text') return { type: 'text', text: block.text };
  if (block.type === 'image') return { type: 'image_url', image_url: { url: urlOf(block, at) } };
  if (block.type === 'document') return documentPart(block, at);
  if (block.type === 'search_result') return { type: 'text', text: searchResult(block, at) };
  throw unsupported(block, at);
}

function documentPart(block: JsonRecord, at: string): JsonRecord {
  const { source, title } = block;
  if (isRecord(source) && source.type === 'text') return { type: 'text', text: titled(title, String(source.data)) };
  if (isRecord(source) && source.type === 'content')
    return { type: 'text', text: titled(title, textOf(source.content, `${at}.source.content`)) };
  const filename = typeof title === 'string' && title !== '' ? title : 'document.pdf';
  return { type: 'file', file: { filename, file_data: urlOf(block, at) } };
}

/** The bytes as a `data:` URL, or the URL itself of an image. */
function urlOf({ type, source }: JsonRecord, at: string): string {
  if (isRecord(source) && source.type === 'base64')
    return `data:${String(source.media_type)};base64,${String(source.data)}`;
  if (isRecord(source) && source.type === 'url' && type === 'image') return String(source.url);
  throw new UnsupportedMemberError(
    'Only Anthropic\'s own models take this source. Send the bytes as {"type": "base64"}.',
    `${at}.source`,
  );
}

function searchResult({ title, source, content }: JsonRecord, at: string): string {
  const head = [title, source].filter((text) => typeof text === 'string').join(' ');
  return titled(head, textOf(content, `${at}.content`));
}

function titled(title: unknown, text: string): string {
  return typeof title === 'string' && title !== '' ? `${title}\n${text}` : text;
}

/** A text, or the texts of blocks that have nothing else. */
function textOf(content: unknown, at: string): string {
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) return String(content);
  return content
    .map((block: unknown, index) => {
      if (isRecord(block) && block.type === 'text') return String(block.text);
      throw unsupported(isRecord(block) ? block : {}, `${at}.${index}`);
    })
    .join('\n');
}

function unsupported({ type }: JsonRecord, at: string): UnsupportedMemberError {
  return new UnsupportedMemberError(
    `Only Anthropic's own models take content of the type ${JSON.stringify(type)} here.`,
    `${at}.type`,
  );
}
