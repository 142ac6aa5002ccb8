import { chatCompletionChunkSchema, chatCompletionSchema, chatRequestSchema } from '@thriftgate/contracts';
import { CallDocs } from '../calls/responses/call-docs';

const DESCRIPTION = `OpenAI’s request and response, for any model of any provider. Unknown members pass through in both directions.
With \`stream: true\` the response is a stream of server-sent events that ends with \`[DONE]\`, or with an \`error\` event if the
provider fails.

A request that is equal to an earlier one of the same team, or of a team in the same share, gets the response from the cache:
\`cached\` is true and \`x-cache-status\` is \`HIT\`. The cache headers of Cloudflare, Portkey and OpenRouter work too; the response
then has the headers of the same vendor.`;

const AZURE_DESCRIPTION = `The same as \`/v1/chat/completions\`, for clients of Azure OpenAI: set the gateway’s address as the Azure endpoint
and a gateway key as \`api-key\`. The deployment in the path is the model and replaces \`model\` of the body. The query
\`api-version\` is ignored.`;

const CHAT = {
  response: 'The completion, or with `stream: true` its chunks, each the data of a server-sent event.',
  schemas: { request: chatRequestSchema, response: chatCompletionSchema, event: chatCompletionChunkSchema },
};

/** Documents chat completions. */
export function ChatDocs(): MethodDecorator {
  return CallDocs({
    ...CHAT,
    tag: 'Chat',
    operation: { summary: 'Create a chat completion', description: DESCRIPTION },
  });
}

/** Documents chat completions at the address that Azure's clients use. */
export function DeploymentChatDocs(): MethodDecorator {
  const operation = { summary: 'Create a chat completion at Azure’s address', description: AZURE_DESCRIPTION };
  return CallDocs({ ...CHAT, tag: 'Azure', operation });
}
