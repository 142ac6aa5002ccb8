import { z } from 'zod';

const messageSchema = z
  .looseObject({
    role: z.string().meta({ example: 'user' }),
    content: z
      .unknown()
      .optional()
      .meta({ description: 'Text, or an array of content parts', example: 'Why is the sky blue?' }),
  })
  .meta({ id: 'ChatMessage' });

/** LiteLLM's cache controls, on every endpoint. */
export const cacheMembersSchema = z
  .strictObject({
    ttl: z.number().int().positive().optional().meta({ description: 'Store the response for this many seconds' }),
    's-maxage': z
      .number()
      .int()
      .min(0)
      .optional()
      .meta({ description: 'Accept a stored response only up to this age in seconds; also s-max-age' }),
    's-max-age': z.number().int().min(0).optional(),
    'no-cache': z.boolean().optional().meta({ description: 'Call the upstream and store the response' }),
    'no-store': z.boolean().optional().meta({ description: 'Do not store the response' }),
    namespace: z.string().optional().meta({ description: 'A separate part of the team’s cache' }),
    'use-cache': z.boolean().optional().meta({ description: 'Same as use_cache' }),
    'store-tool-calls': z.boolean().optional().meta({ description: 'Whether a response with tool calls is stored' }),
  })
  .meta({ id: 'ChatCacheControls' });

/** OpenAI's chat request. Other members pass through. @see https://platform.openai.com/docs/api-reference/chat/create */
export const chatRequestSchema = z
  .looseObject({
    model: z.string().meta({ example: 'gpt-4.1' }),
    messages: z.array(messageSchema).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
    temperature: z.number().nullish(),
    top_p: z.number().nullish(),
    n: z.number().int().nullish(),
    max_tokens: z.number().int().nullish(),
    max_completion_tokens: z.number().int().nullish(),
    seed: z.number().int().nullish(),
    tools: z.array(z.looseObject({ type: z.string() })).nullish(),
    response_format: z.looseObject({ type: z.string() }).nullish(),
    metadata: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .nullish()
      .meta({ description: 'At most 16 pairs, shown in reports as tags; `tags` may be a list of tags' }),
    use_cache: z.boolean().nullish().meta({ description: 'False: call the upstream and do not store the response' }),
    cache: cacheMembersSchema.nullish(),
  })
  .meta({
    id: 'ChatCompletionRequest',
    example: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Why is the sky blue?' }] },
  });
export type ChatRequest = z.input<typeof chatRequestSchema>;

const usageSchema = z
  .looseObject({
    prompt_tokens: z.number().int(),
    completion_tokens: z.number().int(),
    total_tokens: z.number().int(),
  })
  .meta({ id: 'TokenUsage' });

/** OpenAI's chat completion, with `cached`. */
export const chatCompletionSchema = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.number().int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.number().int(),
        message: z.looseObject({ role: z.string(), content: z.string().nullish() }),
        finish_reason: z.string().nullable(),
      }),
    ),
    usage: usageSchema.optional(),
    cached: z.boolean().meta({ description: 'True if the response came from the cache' }),
  })
  .meta({
    id: 'ChatCompletion',
    example: {
      id: 'chatcmpl-8f3a',
      object: 'chat.completion',
      created: 1763856000,
      model: 'gpt-4.1-2025-04-14',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Air scatters blue light more than red.' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 13, completion_tokens: 9, total_tokens: 22 },
      cached: false,
    },
  });
export type ChatCompletion = z.output<typeof chatCompletionSchema>;

/** One event of a streamed response. */
export const chatCompletionChunkSchema = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: z.number().int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.number().int(),
        delta: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    ),
    usage: usageSchema.nullish(),
  })
  .meta({
    id: 'ChatCompletionChunk',
    example: {
      id: 'chatcmpl-8f3a',
      object: 'chat.completion.chunk',
      created: 1763856000,
      model: 'gpt-4.1-2025-04-14',
      choices: [{ index: 0, delta: { content: 'Air' }, finish_reason: null }],
    },
  });
export type ChatCompletionChunk = z.output<typeof chatCompletionChunkSchema>;
