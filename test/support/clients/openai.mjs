import OpenAI from 'openai';
import { CITY, descriptionOf, pieceCounter, talk } from './talk.mjs';

const clientOf = ({ url, key }, story) => new OpenAI({ baseURL: `${url}/v1`, apiKey: story.key ?? key, maxRetries: 0 });

/** `chat.completions`, whole and as streams of the SDK's accumulator. */
export function chat(world, story) {
  const openai = clientOf(world, story);
  const image = { type: 'image_url', image_url: { url: story.image } };
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: story.image ? [{ type: 'text', text: story.prompt }, image] : story.prompt },
  ];
  const tools = story.tools?.map((name) => ({
    type: 'function',
    function: { name, description: descriptionOf(name), parameters: CITY },
  }));
  const body = {
    model: story.model,
    messages,
    ...(tools && { tools }),
    ...(story.reasons && { reasoning_effort: 'medium' }),
    ...(story.schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: story.schema } },
    }),
  };
  const ask = async () => {
    const counter = pieceCounter(story);
    const message = story.stream
      ? await streamed(openai, body, counter)
      : (await openai.chat.completions.create(body)).choices[0].message;
    return {
      message,
      text: message.content ?? '',
      reasoning: message.reasoning_content,
      pieces: counter.pieces,
      calls: (message.tool_calls ?? []).map(({ id, function: called }) => ({
        id,
        name: called.name,
        args: JSON.parse(called.arguments),
      })),
    };
  };
  return talk(ask, (calls, { message }) => {
    messages.push(message);
    for (const { id, output } of calls) messages.push({ role: 'tool', tool_call_id: id, content: output });
  });
}

async function streamed(openai, body, counter) {
  const stream = openai.chat.completions.stream(body, { signal: counter.signal });
  stream.on('content', () => counter.count());
  return (await stream.finalChatCompletion()).choices[0].message;
}

/** `responses` without storage, as Codex and others use it. */
export function responses(world, story) {
  const openai = clientOf(world, story);
  const image = { type: 'input_image', detail: 'auto', image_url: story.image };
  const input = [
    { role: 'user', content: story.image ? [{ type: 'input_text', text: story.prompt }, image] : story.prompt },
  ];
  const tools = story.tools?.map((name) => ({
    type: 'function',
    name,
    description: descriptionOf(name),
    parameters: CITY,
    strict: false,
  }));
  const body = {
    model: story.model,
    instructions: 'Be brief.',
    input,
    store: false,
    ...(tools && { tools }),
    ...(story.reasons && {
      reasoning: { effort: 'medium', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    }),
    ...(story.schema && {
      text: { format: { type: 'json_schema', name: 'person', strict: true, schema: story.schema } },
    }),
  };
  const ask = async () => {
    const counter = pieceCounter(story);
    let response;
    if (story.stream) {
      const stream = openai.responses.stream(body, { signal: counter.signal });
      stream.on('response.output_text.delta', () => counter.count());
      response = await stream.finalResponse();
    } else response = await openai.responses.create(body);
    const { output, output_text: text } = response;
    const ofType = (type) => output.filter((item) => item.type === type);
    return {
      output,
      text,
      pieces: counter.pieces,
      reasoning: ofType('reasoning')
        .flatMap(({ summary }) => summary)
        .map((part) => part.text)
        .join(''),
      calls: ofType('function_call').map((item) => ({
        id: item.call_id,
        name: item.name,
        args: JSON.parse(item.arguments),
      })),
    };
  };
  return talk(ask, (calls, { output }) => {
    // The accumulator of streams adds what it has parsed.
    for (const { parsed_arguments: _, ...item } of output) input.push(item);
    for (const { id, output: text } of calls) input.push({ type: 'function_call_output', call_id: id, output: text });
  });
}
