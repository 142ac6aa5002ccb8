import type { Client } from './clients';
import type { Family } from './families';

export interface PlayedStory {
  id: string;
  model: string;
  prompt: string;
  image?: string;
  tools?: string[];
  schema?: object;
  reasons?: boolean;
  stream?: boolean;
  abort?: boolean;
  key?: string;
}

export interface Result {
  text?: string;
  rounds?: { name: string; city: string }[][];
  pieces?: number;
  reasoning?: string;
  error?: { class: string; status: number; message: string };
}

interface Checked {
  play: Story['play'];
  result: Result;
  /** The bodies that reached the vendor in this story. */
  calls: any[];
  client: Client;
  family: Family;
  prompt: string;
}

interface Story {
  /** Whether the vendor fails in it. */
  fails?: boolean;
  play: Omit<PlayedStory, 'id' | 'model'>;
  check(checked: Checked): void;
}

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
const PERSON = {
  title: 'person',
  type: 'object',
  properties: { 이름: { type: 'string' }, age: { type: 'integer' } },
  required: ['이름', 'age'],
  additionalProperties: false,
};
const WEATHER = [{ name: 'get_weather', city: '서울' }];
const BOTH = [...WEATHER, { name: 'get_time', city: '서울' }];

const answers = ({ result, calls, prompt }: Checked) => {
  expect(result).toMatchObject({ text: expect.stringContaining(prompt), rounds: [] });
  expect(calls).toHaveLength(1);
};
const threeRounds = ({ result, calls }: Checked, round: object[]) => {
  expect(result).toMatchObject({ rounds: [round, round, round], text: expect.stringMatching(/result 2/) });
  expect(calls).toHaveLength(4);
};
const failsWith =
  (status: number) =>
  ({ result, client: { errors } }: Checked) =>
    expect(result.error).toMatchObject({ class: expect.stringMatching(errors[status] ?? 'none'), status });

/** What each client does with each vendor. */
export const STORIES: Record<string, Story> = {
  'a text': { play: { prompt: 'Say it.' }, check: answers },
  Korean: { play: { prompt: '한국어로 답해 주세요 🐣' }, check: answers },
  'a stream': {
    play: { prompt: '하나 둘 셋 넷 다섯 🌊', stream: true },
    check: (checked) => {
      answers(checked);
      expect(checked.result.pieces).toBeGreaterThan(1);
    },
  },
  'tools in three rounds': {
    play: { prompt: '[[call=get_weather*3]]', tools: ['get_weather', 'get_time'] },
    check: (checked) => threeRounds(checked, WEATHER),
  },
  'tools in three rounds, as streams': {
    play: { prompt: '[[call=get_weather*3]]', tools: ['get_weather', 'get_time'], stream: true },
    check: (checked) => threeRounds(checked, WEATHER),
  },
  'two tools at once': {
    play: { prompt: '[[call=get_weather,get_time*3]]', tools: ['get_weather', 'get_time'] },
    check: (checked) => threeRounds(checked, BOTH),
  },
  'two tools at once, as streams': {
    play: { prompt: '[[call=get_weather,get_time*3]]', tools: ['get_weather', 'get_time'], stream: true },
    check: (checked) => threeRounds(checked, BOTH),
  },
  'reasoning in three rounds': {
    play: { prompt: '[[call=get_weather*3]]', tools: ['get_weather'], reasons: true },
    check: (checked) => reasoningComesBack(checked),
  },
  'reasoning in three rounds, as streams': {
    play: {
      prompt: '[[call=get_weather,get_time*3]]',
      tools: ['get_weather', 'get_time'],
      reasons: true,
      stream: true,
    },
    check: (checked) => reasoningComesBack(checked, BOTH),
  },
  'a structured answer': {
    play: { prompt: 'Who?', schema: PERSON },
    check: ({ result }) =>
      expect(JSON.parse(result.text ?? String(result.error?.message))).toEqual({ 이름: '값', age: 42 }),
  },
  'an image': {
    play: { prompt: 'What is it?', image: PIXEL },
    check: ({ result, calls, family }) => {
      expect(result.error).toBeUndefined();
      expect(JSON.stringify(calls)).toContain(family.image);
    },
  },
  'a wrong key': { play: { prompt: 'x', key: 'sk-tg-wrong' }, check: failsWith(401) },
  'a refused request': { play: { prompt: '[[status=400]]' }, check: failsWith(400) },
  'a rate limit': { fails: true, play: { prompt: '[[status=429]]' }, check: failsWith(429) },
  'a rate limit of a stream': { fails: true, play: { prompt: '[[status=429]]', stream: true }, check: failsWith(429) },
  'an abort': {
    play: { prompt: '[[gap=150]] 하나 둘 셋 넷 다섯 여섯 일곱', stream: true, abort: true },
    check: ({ result, client: { aborted } }) => expect(result.error?.class).toBe(aborted),
  },
};

/** The last request has the reasoning of each round before it. */
function reasoningComesBack(checked: Checked, round: object[] = WEATHER): void {
  threeRounds(checked, round);
  const { calls, client, family, play } = checked;
  const carried = family.reasoningIn(calls.at(-1), client.api);
  const isLost = client.losesReasoning === true && play.stream === true;
  if (carried !== undefined && !isLost) expect(carried).toBe(3);
}
