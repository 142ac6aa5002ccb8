import { createHash } from 'node:crypto';
import { sampleOf } from '../vendors/sample-of-schema';
import { factsOf } from './gemini-facts';

type Json = Record<string, any>;

/** A whole answer, before it is sent at once or in pieces. */
export interface MadeAnswer {
  parts: Json[];
  finishReason: string;
  usage: Json;
  /** Of an answer that is only a part. */
  continuationToken?: string;
}

/** Markers in the last text of the user that steer an answer. */
const PARALLEL = '[[parallel]]';
const WITHOUT_IDS = '[[no-ids]]';
const ROUNDS = /\[\[rounds=(\d)\]\]/;
const CALL = /\[\[call=([\w,-]+)(?:\*(\d+))?\]\]/;
const FINISH = /\[\[finish=(\w+)\]\]/;
const THOUGHTS = 'Let me think.';
const THOUGHT_TOKENS = 7;

/** Deterministic: equal requests get equal answers. @param issued collects the signatures */
export function answerTo(model: string, body: Json, issued: Set<string>): MadeAnswer {
  const prompt = promptOf(body.contents);
  const thinks = body.generationConfig?.thinkingConfig?.includeThoughts === true;
  const parts: Json[] = thinks ? [{ text: THOUGHTS, thought: true }] : [];
  const written = callsFor(body, prompt) ?? [{ text: textFor(body, prompt) }];
  parts.push(...written);
  if (factsOf(model).isGemini3) sign(parts, `${model}/${JSON.stringify(body.contents).length}`, issued);
  const usage = usageOf(body, written, thinks);
  // What continues an answer ends it.
  if (body.continuationToken !== undefined) return { parts, finishReason: 'STOP', usage };
  const [, finishReason = 'STOP'] = FINISH.exec(prompt) ?? [];
  return { parts, finishReason, usage, ...(finishReason === 'CONTINUATION' && continuation(body, issued)) };
}

/** The token of a request is valid for that request alone. */
export function continuationTokenOf({ contents }: Json): string {
  return createHash('sha256').update(JSON.stringify(contents)).digest('base64');
}

function continuation(body: Json, issued: Set<string>): { continuationToken: string } {
  const continuationToken = continuationTokenOf(body);
  issued.add(continuationToken);
  return { continuationToken };
}

/** The signature is at the first call; without calls at the last part. */
function sign(parts: Json[], seed: string, issued: Set<string>): void {
  const signature = Buffer.from(`signature of ${seed}+/`).toString('base64');
  const signed = parts.find(({ functionCall }) => functionCall) ?? parts.at(-1);
  if (signed) signed.thoughtSignature = signature;
  issued.add(signature);
}

/** The last text of the user. */
export function promptOf(contents: Json[]): string {
  const asked = contents.findLast(({ role, parts }) => role === 'user' && parts.some(({ text }: Json) => text));
  return (asked?.parts ?? []).flatMap(({ text }: Json) => text ?? []).join(' ');
}

function callsFor({ tools, toolConfig, contents }: Json, prompt: string): Json[] | undefined {
  const declared: string[] = (tools?.[0]?.functionDeclarations ?? []).map(({ name }: Json) => name);
  const [, marked, times] = CALL.exec(prompt) ?? [];
  const named = marked?.split(',').filter((each) => declared.includes(each)) ?? declared.slice(0, 1);
  const mode = toolConfig?.functionCallingConfig?.mode;
  const isAsked = mode === 'ANY' || marked !== undefined || /call tool/.test(prompt);
  const begun = contents.findLastIndex(
    ({ role, parts }: Json) => role === 'user' && parts.some(({ text }: Json) => text?.includes(prompt)),
  );
  const rounds = contents.slice(begun + 1).filter(({ role }: Json) => role === 'model').length;
  const wanted = Number(times ?? ROUNDS.exec(prompt)?.[1] ?? 1);
  if (named.length === 0 || mode === 'NONE' || !isAsked || rounds >= wanted) return undefined;
  const places = marked ? ['서울'] : prompt.includes(PARALLEL) ? ['Paris', '서울'] : ['Paris'];
  const calls = named.flatMap((name) => places.map((city) => ({ name, city })));
  const argsOf = (name: string, city: string): unknown => {
    const declaration = tools[0].functionDeclarations.find((each: Json) => each.name === name);
    const { properties = { city: {} } } = declaration.parametersJsonSchema ?? {};
    return 'city' in properties ? { city, round: rounds + 1 } : sampleOf(declaration.parametersJsonSchema);
  };
  return calls.map(({ name, city }, index) => ({
    functionCall: {
      ...(!prompt.includes(WITHOUT_IDS) && { id: `v${rounds}${index}` }),
      name,
      args: argsOf(name, city),
    },
  }));
}

function textFor({ contents, generationConfig, continuationToken: token }: Json, prompt: string): string {
  if (token !== undefined) return ` and the rest of ${prompt}`;
  const schema = generationConfig?.responseJsonSchema;
  if (schema) return JSON.stringify(sampleOf(schema));
  const results = contents.at(-1).parts.flatMap(({ functionResponse }: Json) => functionResponse ?? []);
  if (results.length > 0) return `results: ${results.map(({ response }: Json) => response.output).join(', ')}`;
  const media = contents.at(-1).parts.filter(({ inlineData, fileData }: Json) => inlineData ?? fileData);
  return media.length > 0 ? `echo with ${media.length} files: ${prompt}` : `echo: ${prompt}`;
}

const words = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

/** One token a word; a call is ten. */
function usageOf({ contents, systemInstruction, serviceTier }: Json, written: Json[], thinks: boolean): Json {
  const all = [...contents, systemInstruction ?? { parts: [] }].flatMap(({ parts }: Json) => parts);
  const prompt = all.reduce((sum: number, { text }: Json) => sum + (text === undefined ? 10 : words(text)), 0);
  const candidates = written.reduce((sum, { text }) => sum + (text === undefined ? 10 : words(text)), 0);
  const thoughts = thinks ? THOUGHT_TOKENS : 0;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates + thoughts,
    ...(thinks && { thoughtsTokenCount: thoughts }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
    serviceTier: serviceTier ?? 'standard',
  };
}
