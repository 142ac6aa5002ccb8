import { isRecord, type JsonRecord } from '../../json-record';

/**
 * Members that make an upstream charge for more than the model's tokens: searches on the web, plugins, and other models than
 * the one that is named.
 *
 * @see https://platform.openai.com/docs/guides/tools-web-search
 * @see https://docs.x.ai/docs/guides/live-search
 * @see https://openrouter.ai/docs/features/model-routing
 * @see https://www.alibabacloud.com/help/en/model-studio/web-search
 */
const UNPRICED = [
  'web_search_options',
  'search_parameters',
  'enable_search',
  'search_options',
  'plugins',
  'models',
  'route',
] as const;
/** Tools that the caller runs; vendors charge for all others. */
const OWN_TOOLS: ReadonlySet<unknown> = new Set(['function', 'custom']);
/** Output with prices of its own. @see https://platform.openai.com/docs/guides/audio */
const TEXT = 'text';

/** The first member of a request whose cost no price of tokens covers, in dotted form; undefined without one. */
export function unpricedMember(body: JsonRecord): string | undefined {
  for (const name of UNPRICED) if (isSent(body[name])) return name;
  const { modalities, audio, tools } = body;
  if (Array.isArray(modalities) && modalities.some((modality) => modality !== TEXT)) return 'modalities';
  if (isRecord(audio)) return 'audio';
  const tool = Array.isArray(tools) ? tools.findIndex((each) => isRecord(each) && isHosted(each)) : -1;
  return tool < 0 ? undefined : `tools.${tool}`;
}

/** Without a type it is the caller's if it has a function. */
function isHosted({ type, function: own }: JsonRecord): boolean {
  return type === undefined ? !isRecord(own) : !OWN_TOOLS.has(type);
}

function isSent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
}
