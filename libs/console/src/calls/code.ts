import type { ChatRequest } from '@thriftgate/contracts';
import { shellQuoted } from '../requests/curl';

export const CODES = ['curl', 'Python', 'TypeScript'] as const;
export type CodeName = (typeof CODES)[number];

/** A call as code that runs as copied; the key is a variable of the environment. @param baseUrl with `/v1` */
export function codeOf(name: CodeName, request: ChatRequest, baseUrl: string): string {
  if (name === 'curl') return curl(request, baseUrl);
  return name === 'Python' ? python(request, baseUrl) : typescript(request, baseUrl);
}

function curl(request: ChatRequest, baseUrl: string): string {
  return [
    `curl ${shellQuoted(`${baseUrl}/chat/completions`)} \\`,
    '  -H "Authorization: Bearer $OPENAI_API_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${shellQuoted(JSON.stringify(request))}`,
  ].join('\n');
}

/** `cache` is no parameter of OpenAI's client: it goes in `extra_body`. */
function python({ cache, ...request }: ChatRequest, baseUrl: string): string {
  const members = Object.entries(request).map(([name, value]) => `    ${name}=${pythonValue(value)},`);
  const extra = cache ? [`    extra_body=${pythonValue({ cache })},`] : [];
  const show =
    request.stream === true
      ? [
          'for chunk in completion:',
          '    if chunk.choices:',
          '        print(chunk.choices[0].delta.content or "", end="")',
        ]
      : ['print(completion.choices[0].message.content)'];
  return [
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${pythonValue(baseUrl)})`,
    'completion = client.chat.completions.create(',
    ...members,
    ...extra,
    ')',
    ...show,
  ].join('\n');
}

function typescript(request: ChatRequest, baseUrl: string): string {
  const show =
    request.stream === true
      ? ["for await (const chunk of completion) process.stdout.write(chunk.choices[0]?.delta.content ?? '');"]
      : ['console.log(completion.choices[0]?.message.content);'];
  // `cache` is no member that OpenAI's types know.
  const note = request.cache ? ['// @ts-expect-error: a member of the gateway'] : [];
  return [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)} });`,
    ...note,
    `const completion = await client.chat.completions.create(${JSON.stringify(request, null, 2)});`,
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
