import type { Advisor, EndpointRequest } from '../../endpoint';
import { billedTier } from '../../usage/anthropic-usage';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import {
  checkFlag,
  checkMessages,
  invalid,
  MAX_OUTPUT_TOKENS,
  requestedModel,
  requestRecord,
} from '../request-members';

const ROLES = new Set(['user', 'assistant', 'system']);
/**
 * Tools that the caller runs, and those that bring nothing in besides the request. Others run at the vendor, which charges for
 * their use, or for what they bring in as input of the next pass.
 */
const PRICED_TOOLS = /^(?:custom$|bash_|text_editor_|computer_|memory_|tool_search_tool_|advisor_)/;
const ADVISOR = /^advisor_/;

/**
 * Checks the members that the gateway reads. All others pass through; the upstream checks them.
 *
 * @throws InvalidRequestError that names the member
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function readMessagesRequest(sent: unknown): { body: JsonRecord; request: EndpointRequest } {
  const body = requestRecord(sent);
  const model = requestedModel(body, 'claude-sonnet-5-5');
  const { max_tokens: maxTokens } = body;
  if (!Number.isSafeInteger(maxTokens) || Number(maxTokens) < 0 || Number(maxTokens) > MAX_OUTPUT_TOKENS)
    throw invalid("'max_tokens'", 'is required and must be a whole number of tokens, as 1024', 'max_tokens');
  checkMessages(body, checkMessage);
  checkFlag(body, 'stream');
  return { body, request: requestOf(body, model, Number(maxTokens)) };
}

function requestOf(body: JsonRecord, model: string, maxTokens: number): EndpointRequest {
  const { service_tier: tier, metadata } = body;
  return {
    model,
    stream: body.stream === true,
    choices: 1,
    maxOutputTokens: maxTokens > 0 ? maxTokens : undefined,
    metadata: isRecord(metadata) ? withoutUser(metadata) : undefined,
    wantsUsage: true,
    serviceTier: billedTier(body) ?? (typeof tier === 'string' ? tier : undefined),
    forcesTool: forcesTool(body),
    ...advisorsOf(body),
  };
}

/** A call of one tool: by its name, or as the only tool where any is required. */
function forcesTool({ tool_choice: choice, tools }: JsonRecord): boolean {
  if (!isRecord(choice)) return false;
  return choice.type === 'tool' || (choice.type === 'any' && Array.isArray(tools) && tools.length === 1);
}

/** Tags for reports, not people: `user_id` is different for each of them. */
function withoutUser({ user_id: _user, ...tags }: JsonRecord): JsonRecord | undefined {
  return Object.keys(tags).length > 0 ? tags : undefined;
}

/**
 * The advisors among the tools, and whether a tool costs what no price of tokens bounds: so does an advisor without `max_uses`.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool
 */
function advisorsOf({ tools, mcp_servers: servers }: JsonRecord): Pick<EndpointRequest, 'advisors' | 'unpricedMember'> {
  const typed = Array.isArray(tools) ? tools.filter(isRecord) : [];
  const asked = typed.filter(({ type }) => typeof type === 'string' && ADVISOR.test(type));
  const advisors = asked.flatMap(({ model, max_uses: maxUses, max_tokens: most }): Advisor[] => {
    if (typeof model !== 'string' || !isCount(maxUses)) return [];
    return [{ model, maxUses, maxOutputTokens: isCount(most) ? most : undefined }];
  });
  const isUnpriced = typed.some(({ type }) => typeof type === 'string' && !PRICED_TOOLS.test(type));
  const ofTools = isUnpriced || advisors.length < asked.length ? 'tools' : undefined;
  const unpricedMember = Array.isArray(servers) && servers.length > 0 ? 'mcp_servers' : ofTools;
  return { ...(advisors.length > 0 && { advisors }), unpricedMember };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_OUTPUT_TOKENS;
}

function checkMessage({ role, content }: JsonRecord, param: string): void {
  if (typeof role !== 'string' || !ROLES.has(role))
    throw invalid(`'${param}.role'`, 'must be "user", "assistant" or "system"', `${param}.role`);
  // A long text of a large body is no string.
  if (typeof content === 'string' || content instanceof LongText) return;
  if (!Array.isArray(content))
    throw invalid(`'${param}.content'`, 'must be a text or an array of content blocks', `${param}.content`);
  for (const [index, block] of content.entries()) {
    const at = `${param}.content.${index}.type`;
    if (!isRecord(block) || typeof block.type !== 'string') throw invalid(`'${at}'`, 'is required, as "text"', at);
  }
}
