import { z } from 'zod';
import { timeSchema } from './common';

const blockSchema = z.looseObject({ type: z.string().meta({ example: 'text' }) }).meta({ id: 'ContentBlock' });

/** Anthropic's request. Other members pass through. @see https://platform.claude.com/docs/en/api/messages */
export const messagesRequestSchema = z
  .looseObject({
    model: z.string().meta({ example: 'claude-sonnet-5-5' }),
    max_tokens: z.int().meta({ description: 'The most tokens that the model writes, its thinking included' }),
    messages: z
      .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: z.unknown() }))
      .min(1)
      .meta({ description: 'Each content is a text or an array of blocks' }),
    system: z.union([z.string(), z.array(blockSchema)]).optional(),
    stream: z.boolean().nullish(),
    temperature: z.number().nullish(),
    stop_sequences: z.array(z.string()).nullish(),
    tools: z.array(z.looseObject({ name: z.string() })).nullish(),
    tool_choice: z.looseObject({ type: z.string() }).nullish(),
    thinking: z.looseObject({ type: z.string() }).nullish(),
    output_config: z.looseObject({ effort: z.string().optional() }).nullish(),
    metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
    use_cache: z.boolean().nullish().meta({ description: 'False: call the upstream and do not store the response' }),
  })
  .meta({
    id: 'MessagesRequest',
    example: {
      model: 'claude-sonnet-5-5',
      max_tokens: 1024,
      messages: [{ role: 'user', content: 'Why is the sky blue?' }],
    },
  });
export type MessagesRequest = z.input<typeof messagesRequestSchema>;

const usageSchema = z.looseObject({
  input_tokens: z.int().meta({ description: 'Without those read from and written to the prompt cache' }),
  output_tokens: z.int(),
  cache_read_input_tokens: z.int().nullish(),
  cache_creation_input_tokens: z.int().nullish(),
});

/** Anthropic's message. */
export const messageSchema = z
  .looseObject({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string(),
    content: z.array(blockSchema),
    stop_reason: z.string().nullable(),
    stop_sequence: z.string().nullish(),
    usage: usageSchema,
  })
  .meta({
    id: 'Message',
    example: {
      id: 'msg_01Xa',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content: [{ type: 'text', text: 'Air scatters blue light more than red.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 13, output_tokens: 9 },
    },
  });
export type Message = z.output<typeof messageSchema>;

/** One event of a streamed message. */
export const messageEventSchema = z.looseObject({ type: z.string() }).meta({
  id: 'MessageEvent',
  example: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Air scatters' } },
});
export type MessageEvent = z.output<typeof messageEventSchema>;

/** `POST /v1/messages/count_tokens`. */
export const tokenCountSchema = z
  .object({ input_tokens: z.int() })
  .meta({ id: 'TokenCount', example: { input_tokens: 13 } });
export type TokenCount = z.output<typeof tokenCountSchema>;

const anthropicModelSchema = z
  .object({ id: z.string(), type: z.literal('model'), display_name: z.string(), created_at: timeSchema })
  .meta({
    id: 'AnthropicModel',
    example: {
      id: 'claude-sonnet-5-5',
      type: 'model',
      display_name: 'claude-sonnet-5-5',
      created_at: '2026-11-23T09:00:00.000Z',
    },
  });
export type AnthropicModel = z.output<typeof anthropicModelSchema>;

/** `GET /v1/models` for clients that send `anthropic-version`. */
export const anthropicModelListSchema = z
  .object({
    data: z.array(anthropicModelSchema),
    has_more: z.literal(false),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  })
  .meta({ id: 'AnthropicModelList' });
export type AnthropicModelList = z.output<typeof anthropicModelListSchema>;
