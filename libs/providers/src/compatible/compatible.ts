import { BATCH_QUIRKS } from '../batches/batch-quirks';
import { openAiBatches } from '../batches/openai-batches';
import { byModel } from '../by-model';
import { readCompletion } from '../endpoints/chat-completions/completion-facts';
import { toChatRequest, withPromptCacheKey } from '../openai/openai-chat-request';
import { pathUnder } from '../openai/openai-request';
import { OpenAiChatStream } from '../openai/openai-chat-stream';
import { bearer } from '../openai/openai';
import { toOpenAiError } from '../openai/openai-error';
import { FLEX_TIERS } from '../flex-tier';
import { openAiEmbeddings } from '../openai/embeddings/openai-embeddings';
import { chatOverResponses } from '../openai/chat-over-responses/chat-over-responses';
import { openAiResponses } from '../openai/responses/openai-responses';
import { remembered } from '../models/remembered';
import { CHAT_COMPLETIONS, EMBEDDINGS, getRequest, type Provider, RESPONSES } from '../provider';
import type { HttpRequest, Translator, UpstreamCall, UpstreamRequest } from '../translator';
import { readAnswer, withTurn } from './answer/answer';
import { errorIn, openAiShape } from './answer/openai-shape';
import { azureModelsUrl, azureResponsesUrl, azureUrl } from './azure-url';
import type { CompatibleVendor, RequestRules } from './quirks';
import { rewrite, rulesFor } from './request/rewrite';
import { withoutStreamOptions } from './stream-options';

/** The API of a vendor by its record. @param id its name */
export function compatible(id: string, vendor: CompatibleVendor): Provider {
  const batches = BATCH_QUIRKS[id];
  const flex = FLEX_TIERS[id];
  return {
    id,
    authorise: vendor.quirks.azure
      ? (request, key) => (key === undefined ? request : withHeaders(request, { 'api-key': key }))
      : bearer,
    models: (baseUrl) => getRequest(vendor.quirks.azure ? azureModelsUrl(baseUrl) : pathUnder(baseUrl, '/models')),
    translators: {
      [CHAT_COMPLETIONS]: compatibleChat(vendor),
      ...(vendor.quirks.responses === 'all models' && { [RESPONSES]: openAiResponses }),
      [EMBEDDINGS]: compatibleEmbeddings(vendor),
    },
    ...(batches && { batches: openAiBatches(batches) }),
    ...(flex && { flex }),
  };
}

/** Embeddings of a vendor by its record; undefined where it has none. */
function compatibleEmbeddings({ label, quirks }: CompatibleVendor): Translator | undefined {
  const { embeddings, errors, azure } = quirks;
  if (!embeddings) return undefined;
  const translator = openAiEmbeddings(embeddings, label, errors);
  if (!azure) return translator;
  return {
    ...translator,
    toRequest: (call) => ({ ...translator.toRequest(call), url: azureUrl(call, '/embeddings') }),
  };
}

/** Chat completions of a vendor by its record. */
export function compatibleChat({ label, quirks }: CompatibleVendor): Translator {
  const { answer, errors, azure, responses, request: base } = quirks;
  const rulesOf = remembered((model) => rulesFor(quirks, model));
  const keepsTurns = base.replay === 'all' || base.replay === 'tool-calls';
  const hooks = {
    ...(answer && { shape: (chunk: Chunk) => openAiShape(chunk, answer), errorIn }),
    ...(keepsTurns && { reply: withTurn }),
  };
  const chat: Translator = {
    keepsTurns: () => keepsTurns,
    toRequest: (call) => toRequest(call, rulesOf(call.upstreamModel), label, azure),
    fromReply: (body) => {
      const read = answer ? readAnswer(body, answer) : readCompletion(body);
      return keepsTurns && read.kind === 'response' ? { ...read, reply: withTurn(read.reply) } : read;
    },
    openStream: () => new OpenAiChatStream(hooks),
    toError: (failure) => toOpenAiError(failure, errors),
    amend: answer && withoutStreamOptions,
  };
  if (!responses) return chat;
  const overResponses: Translator = {
    ...chatOverResponses,
    toRequest: (call) => atAzure(toResponsesRequest(call, rulesOf(call.upstreamModel), label), call, azure),
  };
  const hasResponsesAlone = (model: string) => rulesOf(model).responsesOnly === true;
  return byModel(chat, overResponses, hasResponsesAlone, overResponses.toError);
}

/**
 * Responses of a vendor for its models that have no chat completions, beside a bridge over chat completions for the others.
 *
 * @param overChat the bridge
 */
export function compatibleResponses({ quirks }: CompatibleVendor, overChat: Translator): Translator {
  const own: Translator = {
    ...openAiResponses,
    toRequest: (call) => atAzure(openAiResponses.toRequest(call), call, quirks.azure),
  };
  const hasResponsesAlone = remembered((model) => rulesFor(quirks, model).responsesOnly === true);
  return byModel(overChat, own, hasResponsesAlone, overChat.toError);
}

function atAzure(request: UpstreamRequest, { baseUrl }: UpstreamCall, azure = false): UpstreamRequest {
  return azure ? { ...request, url: azureResponsesUrl(baseUrl) } : request;
}

type Chunk = Parameters<typeof openAiShape>[0];

function toRequest(call: UpstreamCall, rules: RequestRules, label: string, azure = false): UpstreamRequest {
  const { body, dropped, headers } = rewrite(rules.promptCacheKey ? withPromptCacheKey(call) : call, rules, label);
  const { tokenLimit, streamsOnly } = rules;
  const usageUnasked = rules.usageUnasked ?? call.withoutStreamOptions ?? false;
  const request = toChatRequest(
    { ...call, body, stream: call.stream || streamsOnly === true },
    {
      limitMember: tokenLimit === 'max_tokens' || tokenLimit === 'either' ? 'max_tokens' : 'max_completion_tokens',
      usageUnasked,
    },
  );
  if (azure) request.url = azureUrl(call);
  return { ...withHeaders(request, headers), dropped: [...dropped] };
}

/** The rules of the model hold before its call is translated. */
function toResponsesRequest(call: UpstreamCall, rules: RequestRules, label: string): UpstreamRequest {
  const { body, dropped } = rewrite(rules.promptCacheKey ? withPromptCacheKey(call) : call, rules, label);
  const request = chatOverResponses.toRequest({ ...call, body });
  return { ...request, dropped: [...dropped, ...request.dropped] };
}

function withHeaders<Request extends HttpRequest>(
  request: Request,
  headers: Readonly<Record<string, string>>,
): Request {
  return { ...request, headers: { ...request.headers, ...headers } };
}
