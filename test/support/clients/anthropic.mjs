import Anthropic from '@anthropic-ai/sdk';
import { CITY, descriptionOf, pieceCounter, talk } from './talk.mjs';

/** `messages`, whole and as streams of the SDK's accumulator. */
export function messages({ url, key }, story) {
  const anthropic = new Anthropic({ baseURL: url, authToken: story.key ?? key, apiKey: null, maxRetries: 0 });
  const [, mediaType, data] = /^data:(.*);base64,(.*)$/.exec(story.image ?? '') ?? [];
  const image = { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
  const turns = [{ role: 'user', content: story.image ? [image, { type: 'text', text: story.prompt }] : story.prompt }];
  const tools = story.tools?.map((name) => ({ name, description: descriptionOf(name), input_schema: CITY }));
  const body = {
    model: story.model,
    max_tokens: 4096,
    system: 'Be brief.',
    messages: turns,
    ...(tools && { tools }),
    ...(story.reasons && {
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'medium' },
    }),
    ...(story.schema && { output_config: { format: { type: 'json_schema', schema: story.schema } } }),
  };
  const ask = async () => {
    const counter = pieceCounter(story);
    let message;
    if (story.stream) {
      const stream = anthropic.messages.stream(body, { signal: counter.signal });
      stream.on('text', () => counter.count());
      message = await stream.finalMessage();
    } else message = await anthropic.messages.create(body);
    const { content } = message;
    const ofType = (type) => content.filter((block) => block.type === type);
    return {
      content,
      text: ofType('text')
        .map(({ text }) => text)
        .join(''),
      pieces: counter.pieces,
      reasoning: ofType('thinking')
        .map(({ thinking }) => thinking)
        .join(''),
      calls: ofType('tool_use').map(({ id, name, input }) => ({ id, name, args: input })),
    };
  };
  return talk(ask, (calls, { content }) => {
    turns.push({ role: 'assistant', content });
    const results = calls.map(({ id, output }) => ({ type: 'tool_result', tool_use_id: id, content: output }));
    turns.push({ role: 'user', content: results });
  });
}
