import { createHash } from 'node:crypto';
import { type ClaudeFacts, thinks } from './claude-facts';
import { refuse } from './refusal';

/** The thinking of each turn that calls tools, by the ids of the calls. */
export type IssuedTurns = Map<string, any[]>;

const ID = /^[a-zA-Z0-9_-]+$/;
const BLOCK_MEMBERS: Record<string, string[]> = {
  text: ['text'],
  image: ['source'],
  document: ['source', 'title'],
  tool_use: ['id', 'name', 'input'],
  tool_result: ['tool_use_id', 'content', 'is_error'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
};

/** The signature of a thinking: of its text, and of the messages before it where it is bound to them. */
export function signatureOf(thinking: string, before: unknown, { isBound }: ClaudeFacts): string {
  const bound = isBound ? digestOf(JSON.stringify(withoutMarks(before))) : 'unbound';
  return Buffer.from(`${digestOf(`thinking ${thinking}`)}.${bound}`).toString('base64');
}

/** Refuses conversations that the vendor refuses. @returns how many blocks of thinking it leaves out @throws Refusal */
export function checkConversation(body: any, facts: ClaudeFacts, issued: IssuedTurns): number {
  if (!Array.isArray(body.messages) || body.messages.length === 0) refuse('messages: at least one message is required');
  let leftOut = 0;
  for (const [at, message] of body.messages.entries()) leftOut += checkMessage(message, at, body, facts);
  const turns = mergedTurns(body.messages);
  for (const [at, turn] of turns.entries()) checkResults(turn, turns[at + 1], turns[at - 1]);
  const last = turns.at(-1);
  const isPrefill = last?.role === 'assistant';
  if (isPrefill && facts.version >= 4.6) refuse('This model does not support assistant message prefill');
  if (isPrefill && /\s$/.test(last.content.at(-1)?.text ?? ''))
    refuse('final assistant content cannot end with trailing whitespace');
  checkOpenTurn(turns, body, issued);
  return leftOut;
}

function checkMessage(message: any, at: number, body: any, facts: ClaudeFacts): number {
  let leftOut = 0;
  for (const name of Object.keys(message))
    if (!['role', 'content'].includes(name)) refuse(`messages.${at}.${name}: Extra inputs are not permitted`);
  if (message.role === 'system') checkSystem(body.messages, at, facts);
  else if (!['user', 'assistant'].includes(message.role))
    refuse(`messages.${at}.role: Input should be user or assistant`);
  if (message.content.length === 0) refuse(`messages.${at}: content must not be empty`);
  if (typeof message.content === 'string') return 0;
  for (const [index, block] of message.content.entries()) {
    checkBlock(block, `messages.${at}.content.${index}`);
    if (/thinking/.test(block.type) && !thinks(body, facts))
      refuse(`messages.${at}: When thinking is disabled, an assistant message cannot contain thinking`);
    if (block.type === 'thinking' && !hasSignature(block, at, body, facts)) leftOut += 1;
  }
  return leftOut;
}

function checkSystem(messages: any[], at: number, { laterSystem }: ClaudeFacts): void {
  const next = messages[at + 1];
  if (!laterSystem || messages[at - 1]?.role !== 'user' || (next && next.role !== 'assistant'))
    refuse(`messages.${at}.role: a system message is not supported here`);
}

function checkBlock(block: any, param: string): void {
  const members = BLOCK_MEMBERS[block.type];
  if (!members) refuse(`${param}.type: Input tag '${block.type}' does not match any of the expected tags`);
  for (const name of Object.keys(block))
    if (!['type', 'cache_control', ...members].includes(name))
      refuse(`${param}.${name}: Extra inputs are not permitted`);
  if (block.type === 'text' && block.text.trim() === '') refuse(`${param}: text content blocks must be non-empty`);
  if (block.type === 'tool_use' && (!ID.test(block.id) || typeof block.input !== 'object'))
    refuse(`${param}: not valid`);
  if (block.type !== 'tool_result' || !Array.isArray(block.content)) return;
  for (const [index, inner] of block.content.entries()) checkBlock(inner, `${param}.content.${index}`);
}

/** Whether a block has the signature of its text and its place; false where the request wants such a block left out. */
function hasSignature(block: any, at: number, body: any, facts: ClaudeFacts): boolean {
  const expected = signatureOf(block.thinking, body.messages.slice(0, at), facts);
  if (block.signature === expected) return true;
  const [own] = Buffer.from(expected, 'base64').toString().split('.');
  const isOwnText = Buffer.from(String(block.signature), 'base64').toString().startsWith(`${own}.`);
  const drops = body.thinking?.block_binding?.prefix_mismatch_behavior === 'drop_block';
  if (!isOwnText || !drops) refuse(`messages.${at}: Invalid \`signature\` in \`thinking\` block`);
  return false;
}

interface Turn {
  role: string;
  content: any[];
}

/** The vendor joins messages of one role. */
function mergedTurns(messages: any[]): Turn[] {
  const turns: Turn[] = [];
  for (const { role, content } of messages) {
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const last = turns.at(-1);
    if (last !== undefined && last.role === role) last.content.push(...blocks);
    else turns.push({ role, content: [...blocks] });
  }
  return turns;
}

function checkResults({ role, content }: Turn, next: Turn | undefined, previous: Turn | undefined): void {
  const idsIn = (turn: Turn | undefined, type: string, id: string): string[] =>
    (turn?.content ?? []).filter((block) => block.type === type).map((block) => block[id]);
  if (role === 'assistant') {
    const results = idsIn(next, 'tool_result', 'tool_use_id');
    const missing = idsIn({ role, content }, 'tool_use', 'id').find((id) => !results.includes(id));
    if (missing) refuse(`tool_use ids were found without tool_result blocks immediately after: ${missing}`);
  }
  const results = idsIn({ role, content }, 'tool_result', 'tool_use_id');
  const uses = idsIn(previous, 'tool_use', 'id');
  const orphan = results.find((id) => !uses.includes(id));
  if (orphan) refuse(`unexpected tool_use_id found in tool_result blocks: ${orphan}`);
  if (content.slice(0, results.length).some(({ type }) => type !== 'tool_result'))
    refuse('tool_result blocks must come before any other content');
}

/** The turn that waits for its tools has all the thinking that it had. */
function checkOpenTurn(turns: Turn[], body: any, issued: IssuedTurns): void {
  const [open, results] = turns.slice(-2);
  if (open?.role !== 'assistant' || !results?.content.every(({ type }) => type === 'tool_result')) return;
  const use = open.content.find(({ type }) => type === 'tool_use');
  const thoughts = open.content.filter(({ type }) => /thinking/.test(type));
  const first = open.content[0];
  if (body.thinking?.type === 'enabled' && !/thinking/.test(first.type))
    refuse(`Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\``);
  const had = issued.get(use?.id);
  if (had && thoughts.length !== had.length && body.thinking?.type !== 'disabled')
    refuse('thinking blocks in the latest assistant message cannot be modified: one is missing');
}

/** Marks for the prompt cache are no part of the prompt. */
function withoutMarks(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, each) => (name === 'cache_control' ? undefined : each)));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
