import { CITY, descriptionOf, pieceCounter } from './talk.mjs';
import { installed } from './installed.mjs';

// Its warnings go to standard output.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** One client a provider package: the `ai` package runs the tools itself. @param optionsOf the provider's options of a story */
const client = (modelOf, optionsOf) => async (world, story) => {
  const { generateText, jsonSchema, Output, stepCountIs, streamText, tool } = installed('ai');
  const counter = pieceCounter(story);
  const rounds = [];
  const run = (name, step) => (args) => {
    (rounds[step()] ??= []).push({ name, city: args.city });
    return `result ${step()}`;
  };
  let steps = 0;
  const tools = Object.fromEntries(
    (story.tools ?? []).map((name) => [
      name,
      tool({ description: descriptionOf(name), inputSchema: jsonSchema(CITY), execute: run(name, () => steps) }),
    ]),
  );
  const image = { type: 'image', image: story.image };
  const settings = {
    model: modelOf({ ...world, key: story.key ?? world.key }, story.model),
    maxRetries: 0,
    abortSignal: counter.signal,
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: story.image ? [{ type: 'text', text: story.prompt }, image] : story.prompt,
      },
    ],
    ...(story.tools && { tools, stopWhen: stepCountIs(6), onStepFinish: () => void (steps += 1) }),
    ...(story.schema && { output: Output.object({ schema: jsonSchema(story.schema), name: 'person' }) }),
    providerOptions: optionsOf(story),
  };
  if (!story.stream) {
    const { text, reasoningText, steps: all } = await generateText(settings);
    return {
      text,
      rounds,
      pieces: 0,
      reasoning: all.map((step) => step.reasoningText ?? '').join('') || reasoningText,
    };
  }
  const errors = [];
  const result = streamText({ ...settings, onError: ({ error }) => void errors.push(error) });
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') counter.count();
    if (part.type === 'abort') throw Object.assign(new Error('aborted'), { name: 'AbortError' });
  }
  if (errors.length > 0) throw errors[0];
  const all = await result.steps;
  const reasoning = all.map((step) => step.reasoningText ?? '').join('');
  return { text: await result.text, rounds, pieces: counter.pieces, reasoning };
};

const openai = ({ url, key }) => installed('@ai-sdk/openai').createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
const RESPONSES = {
  reasoningEffort: 'medium',
  reasoningSummary: 'auto',
  include: ['reasoning.encrypted_content'],
  forceReasoning: true,
};

/** Without `store: false` the package refers to items by their ids, which the gateway does not keep. */
export const openAiResponses = client(
  (world, model) => openai(world).responses(model),
  ({ reasons }) => ({ openai: { store: false, ...(reasons && RESPONSES) } }),
);
/** As the package comes: its second request refers to the items of the first answer. */
export const openAiResponsesAsItComes = client(
  (world, model) => openai(world).responses(model),
  () => ({}),
);
export const openAiChat = client(
  (world, model) => openai(world).chat(model),
  ({ reasons }) => ({ openai: reasons ? { reasoningEffort: 'medium', forceReasoning: true } : {} }),
);
export const compatible = client(
  ({ url, key }, model) =>
    installed('@ai-sdk/openai-compatible').createOpenAICompatible({
      name: 'gateway',
      baseURL: `${url}/v1`,
      apiKey: key,
      supportsStructuredOutputs: true,
    })(model),
  ({ reasons }) => ({ gateway: reasons ? { reasoningEffort: 'medium' } : {} }),
);
export const anthropic = client(
  ({ url, key }, model) =>
    installed('@ai-sdk/anthropic').createAnthropic({ baseURL: `${url}/v1`, authToken: key })(model),
  ({ reasons }) => ({ anthropic: reasons ? { thinking: { type: 'adaptive' }, effort: 'medium' } : {} }),
);
