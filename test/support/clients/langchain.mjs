import { installed } from './installed.mjs';
import { CITY, descriptionOf, pieceCounter, talk } from './talk.mjs';

const client = (modelOf) => async (world, story) => {
  const { AIMessage, HumanMessage, SystemMessage, ToolMessage } = installed('@langchain/core/messages');
  const image = { type: 'image_url', image_url: { url: story.image } };
  const messages = [
    new SystemMessage('Be brief.'),
    new HumanMessage({ content: story.image ? [{ type: 'text', text: story.prompt }, image] : story.prompt }),
  ];
  const model = modelOf({ ...world, key: story.key ?? world.key }, story);
  if (story.schema) {
    const structured = model.withStructuredOutput(story.schema, { name: 'person', method: 'jsonSchema' });
    return { text: JSON.stringify(await structured.invoke(messages)), rounds: [], pieces: 0, reasoning: '' };
  }
  const tools = (story.tools ?? []).map((name) => ({
    type: 'function',
    function: { name, description: descriptionOf(name), parameters: CITY },
  }));
  const bound = tools.length > 0 ? model.bindTools(tools) : model;
  const ask = async () => {
    const counter = pieceCounter(story);
    let message;
    if (story.stream) {
      for await (const chunk of await bound.stream(messages, { signal: counter.signal })) {
        message = message === undefined ? chunk : message.concat(chunk);
        if (chunk.text) counter.count();
      }
      if (story.abort) throw Object.assign(new Error('the stream ended'), { name: 'AbortError' });
    } else message = await bound.invoke(messages);
    return {
      message,
      text: message.text,
      pieces: counter.pieces,
      reasoning: message.contentBlocks.map((block) => (block.type === 'reasoning' ? block.reasoning : '')).join(''),
      calls: (message.tool_calls ?? []).map(({ id, name, args }) => ({ id, name, args })),
    };
  };
  return talk(ask, (calls, { message }) => {
    messages.push(AIMessage.isInstance(message) ? message : new AIMessage(message));
    for (const { id, output } of calls) messages.push(new ToolMessage({ tool_call_id: id, content: output }));
  });
};

const openai = (members) =>
  client(({ url, key }, story) => {
    const { ChatOpenAI } = installed('@langchain/openai');
    return new ChatOpenAI({
      model: story.model,
      apiKey: key,
      configuration: { baseURL: `${url}/v1` },
      maxRetries: 0,
      ...members(story),
    });
  });

export const openAiChat = openai((story) => ({ ...(story.reasons && { reasoning: { effort: 'medium' } }) }));
export const openAiResponses = openai((story) => ({
  useResponsesApi: true,
  zdrEnabled: true,
  ...(story.reasons && { reasoning: { effort: 'medium', summary: 'auto' } }),
}));
export const anthropic = client(({ url, key }, story) => {
  const { ChatAnthropic } = installed('@langchain/anthropic');
  return new ChatAnthropic({
    model: story.model,
    apiKey: key,
    anthropicApiUrl: url,
    maxTokens: 4096,
    maxRetries: 0,
    ...(story.reasons && { thinking: { type: 'adaptive', display: 'summarized' } }),
  });
});
