import type { ChatRequest } from '@thriftgate/contracts';
import { shellQuoted } from '../requests/curl';

export const SNIPPETS = ['curl', 'Python', 'TypeScript'] as const;
export type SnippetName = (typeof SNIPPETS)[number];

/** The same call as code that runs as copied; the key is a variable of the environment. @param origin of the gateway */
export function snippetOf(name: SnippetName, request: ChatRequest, origin: string): string {
  const base = `${origin}/v1`;
  if (name === 'curl') return curl(request, base);
  return name === 'Python' ? python(request, base) : typescript(request, base);
}

function curl(request: ChatRequest, base: string): string {
  return [
    `curl ${shellQuoted(`${base}/chat/completions`)} \\`,
    '  -H "Authorization: Bearer $OPENAI_API_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${shellQuoted(JSON.stringify(request))}`,
  ].join('\n');
}

/** `cache` is no parameter of OpenAI's client: it goes in `extra_body`. */
function python({ cache, ...request }: ChatRequest, base: string): string {
  const members = Object.entries(request).map(([name, value]) => `    ${name}=${pythonValue(value)},`);
  const extra = cache ? [`    extra_body=${pythonValue({ cache })},`] : [];
  const show =
    request.stream === true
      ? ['for chunk in answer:', '    if chunk.choices:', '        print(chunk.choices[0].delta.content or "", end="")']
      : ['print(answer.choices[0].message.content)'];
  return [
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${pythonValue(base)})`,
    'answer = client.chat.completions.create(',
    ...members,
    ...extra,
    ')',
    ...show,
  ].join('\n');
}

function typescript(request: ChatRequest, base: string): string {
  const show =
    request.stream === true
      ? ["for await (const chunk of answer) process.stdout.write(chunk.choices[0]?.delta.content ?? '');"]
      : ['console.log(answer.choices[0]?.message.content);'];
  // `cache` is no member that OpenAI's types know.
  const note = request.cache ? ['  // @ts-expect-error: a member of the gateway'] : [];
  return [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(base)} });`,
    ...note.map((line) => line.trimStart()),
    `const answer = await client.chat.completions.create(${JSON.stringify(request, null, 2)});`,
    ...show,
  ].join('\n');
}

/** A value as Python writes it: JSON's texts and numbers are Python's too. */
function pythonValue(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, each]) => `${JSON.stringify(name)}: ${pythonValue(each)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}
