import { z } from 'zod';
import { cacheMembersSchema } from './chat';

const inputItemSchema = z
  .looseObject({
    type: z.string().optional().meta({ example: 'message' }),
    role: z.string().optional().meta({ example: 'user' }),
    content: z
      .unknown()
      .optional()
      .meta({ description: 'Text, or an array of content parts', example: 'Why is the sky blue?' }),
  })
  .meta({ id: 'ResponseInputItem' });

/** OpenAI's request. Other members pass through. @see https://platform.openai.com/docs/api-reference/responses/create */
export const responsesRequestSchema = z
  .looseObject({
    model: z.string().meta({ example: 'gpt-4.1' }),
    input: z.union([z.string(), z.array(inputItemSchema).min(1)]),
    instructions: z.string().nullish(),
    stream: z.boolean().nullish(),
    max_output_tokens: z.number().int().nullish(),
    temperature: z.number().nullish(),
    top_p: z.number().nullish(),
    tools: z.array(z.looseObject({ type: z.string() })).nullish(),
    tool_choice: z.unknown().optional(),
    text: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).nullish(),
    reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
    include: z
      .array(z.string())
      .nullish()
      .meta({ description: '`reasoning.encrypted_content`: reasoning that can be sent back' }),
    store: z.boolean().nullish().meta({ description: 'Only true keeps the response at OpenAI' }),
    metadata: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .nullish()
      .meta({ description: 'At most 16 pairs, shown in reports as tags; `tags` may be a list of tags' }),
    use_cache: z.boolean().nullish().meta({ description: 'False: call the upstream and do not store the response' }),
    cache: cacheMembersSchema.nullish(),
  })
  .meta({ id: 'ResponsesRequest', example: { model: 'gpt-4.1', input: 'Why is the sky blue?' } });
export type ResponsesRequest = z.input<typeof responsesRequestSchema>;

const outputItemSchema = z
  .looseObject({
    id: z.string().optional(),
    type: z.string().meta({ description: '`message`, `function_call`, `reasoning`, and those of hosted tools' }),
  })
  .meta({ id: 'ResponseOutputItem' });

const responseUsageSchema = z
  .looseObject({
    input_tokens: z.number().int(),
    output_tokens: z.number().int(),
    total_tokens: z.number().int(),
  })
  .meta({ id: 'ResponseUsage' });

const responseMembers = {
  id: z.string(),
  object: z.literal('response'),
  created_at: z.number(),
  status: z.string().meta({ description: '`completed`, `incomplete` or `failed`' }),
  model: z.string(),
  output: z.array(outputItemSchema),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullish(),
  incomplete_details: z.looseObject({ reason: z.string().optional() }).nullish(),
  usage: responseUsageSchema.nullish(),
};

const EXAMPLE = {
  id: 'resp_8f3a',
  object: 'response' as const,
  created_at: 1763856000,
  status: 'completed',
  model: 'gpt-4.1-2025-04-14',
  output: [
    {
      id: 'msg_8f3a_0',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], text: 'Air scatters blue light more than red.' }],
    },
  ],
  usage: { input_tokens: 13, output_tokens: 9, total_tokens: 22 },
};

/** OpenAI's response, with `cached`. */
export const responseSchema = z
  .looseObject({
    ...responseMembers,
    cached: z.boolean().meta({ description: 'True if the response came from the cache' }),
  })
  .meta({ id: 'Response', example: { ...EXAMPLE, cached: false } });
export type ModelResponse = z.output<typeof responseSchema>;

/** One event of a streamed response. */
export const responseEventSchema = z
  .looseObject({
    type: z.string().meta({ description: 'Also the name of the server-sent event' }),
    sequence_number: z.number().int(),
    response: z.looseObject(responseMembers).optional().meta({ description: 'In the first events and the last one' }),
  })
  .meta({
    id: 'ResponseEvent',
    example: {
      type: 'response.output_text.delta',
      sequence_number: 4,
      item_id: 'msg_8f3a_0',
      output_index: 0,
      content_index: 0,
      delta: 'Air',
      logprobs: [],
    },
  });
export type ResponseEvent = z.output<typeof responseEventSchema>;
