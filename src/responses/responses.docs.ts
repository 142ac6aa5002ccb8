import { responseEventSchema, responseSchema, responsesRequestSchema } from '@thriftgate/contracts';
import { CallDocs } from '../calls/responses/call-docs';

const DESCRIPTION = `OpenAI’s Responses, for any model of any provider. Models of OpenAI get the request as it is, and their response passes
unchanged. For models of other vendors the gateway translates texts, images, files, function tools, structured output and
reasoning; what such a model cannot do is 400 \`unsupported_parameter\`, and \`param\` names it.

With \`stream: true\` the response is a stream of named events whose \`sequence_number\` counts from 0. The last one is
\`response.completed\`, \`response.incomplete\` or \`response.failed\`, with the whole response; \`usage.gateway\` in it has the cost.

The gateway stores no responses: \`previous_response_id\`, \`conversation\`, \`prompt\`, \`background: true\` and items of type
\`item_reference\` are 400. Send the earlier items in \`input\`, with \`include: ["reasoning.encrypted_content"]\` to keep reasoning.

Requests that are equal to an earlier one get the response from the cache, as chat completions do.`;

const EXAMPLES = {
  text: { summary: 'A question', value: { model: 'gpt-4.1', input: 'Why is the sky blue?' } },
  tools: {
    summary: 'A function tool, and a stream',
    value: {
      model: 'gpt-4.1',
      instructions: 'Answer in one sentence.',
      input: [{ role: 'user', content: 'What is the weather in Seoul?' }],
      tools: [
        {
          type: 'function',
          name: 'weather',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
            additionalProperties: false,
          },
        },
      ],
      stream: true,
    },
  },
};

/** Documents Responses. */
export function ResponsesDocs(): MethodDecorator {
  return CallDocs({
    tag: 'Responses',
    operation: { summary: 'Create a response', description: DESCRIPTION },
    response: 'The response, or with `stream: true` its events, each the data of a server-sent event.',
    schemas: { request: responsesRequestSchema, response: responseSchema, event: responseEventSchema },
    examples: EXAMPLES,
  });
}
