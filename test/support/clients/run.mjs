/**
 * Plays stories with one client: `node run.mjs <client>`, with `{url, key, stories}` as JSON on standard input. Prints the result of
 * each story by its id: text, rounds of tool calls, pieces of the stream and reasoning; or the class and the status of the error.
 */
import * as anthropic from './anthropic.mjs';
import * as langchain from './langchain.mjs';
import * as openai from './openai.mjs';
import * as vercel from './vercel-ai.mjs';

const CLIENTS = {
  'openai chat': openai.chat,
  'openai responses': openai.responses,
  'anthropic messages': anthropic.messages,
  'ai openai chat': vercel.openAiChat,
  'ai openai responses': vercel.openAiResponses,
  'ai openai responses as it comes': vercel.openAiResponsesAsItComes,
  'ai openai-compatible': vercel.compatible,
  'ai anthropic': vercel.anthropic,
  'langchain openai chat': langchain.openAiChat,
  'langchain openai responses': langchain.openAiResponses,
  'langchain anthropic': langchain.anthropic,
};

let input = '';
for await (const chunk of process.stdin) input += chunk;
const { stories, ...world } = JSON.parse(input);
const play = CLIENTS[process.argv[2]];
const results = {};
for (const story of stories) {
  try {
    results[story.id] = await play(world, story);
  } catch (error) {
    const { constructor, name, message, stack } = error;
    const status = error.status ?? error.statusCode;
    results[story.id] = { error: { class: name === 'Error' ? constructor.name : name, status, message, stack } };
  }
}
process.stdout.write(JSON.stringify(results));
process.exit(0);
