import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../vendors/listener';

/** How a line with a poisoned answer ends: with a response, or with an error. */
export type End = 'done' | 'failed';

interface Poison {
  end: End;
  answer: (response: ServerResponse, completion: any) => void;
}

const LONG_TEXT = 'long '.repeat(600_000);

const status = (code: number): Poison => ({
  end: 'failed',
  answer: (response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ error: { message: `refused with ${code}`, type: 'invalid_request_error', code: null } }),
    );
  },
});
const text = (body: string, type = 'application/json'): Poison => ({
  end: 'failed',
  answer: (response) => response.writeHead(200, { 'content-type': type }).end(body),
});
const changed = (end: End, change: (completion: any) => unknown, write = JSON.stringify): Poison => ({
  end,
  answer: (response, completion) => {
    change(completion);
    response.writeHead(200, { 'content-type': 'application/json' }).end(write(completion));
  },
});

/** Answers of a vendor that are wrong, or unusual, by name. */
export const POISONS: Readonly<Record<string, Poison>> = {
  'status-400': status(400),
  'status-404': status(404),
  'status-409': status(409),
  'status-413': status(413),
  'status-422': status(422),
  'status-500': status(500),
  'status-503': status(503),
  html: text('<html><body>Bad gateway</body></html>', 'text/html'),
  empty: text(''),
  'no-json': text('{"id": "chatcmpl-1", "choi'),
  'a-list': text('[]'),
  nothing: text('null'),
  'no-choices': text('{}'),
  'not-utf-8': { end: 'failed', answer: (response) => response.end(Buffer.from([0x7b, 0xff, 0xfe, 0x00])) },
  reset: { end: 'failed', answer: (response) => response.socket?.destroy() },
  cut: {
    end: 'failed',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('{"id":');
      setTimeout(() => response.socket?.destroy(), 10);
    },
  },
  'no-usage': changed('done', (completion) => delete completion.usage),
  'usage-of-text': changed('done', (completion) => (completion.usage = { prompt_tokens: 'many' })),
  'negative-usage': changed('done', ({ usage }) => (usage.prompt_tokens = -5)),
  'huge-usage': changed('done', ({ usage }) => (usage.completion_tokens = 1e30)),
  'broken-usage': changed('done', ({ usage }) => (usage.completion_tokens = 2.5)),
  'nul-in-model': changed('done', (completion) => (completion.model = 'mo\u0000del')),
  'half-a-character': changed('done', ({ choices }) => (choices[0].message.content = 'half \ud83d')),
  'nul-in-text': changed('done', ({ choices }) => (choices[0].message.content = 'nul \u0000')),
  'line-ends': changed('done', ({ choices }) => (choices[0].message.content += '\u2028\u2029\u0085\r\n')),
  'many-lines': changed(
    'done',
    () => undefined,
    (completion) => JSON.stringify(completion, null, 2).replaceAll('\n', '\r\n'),
  ),
  deep: changed('done', (completion) => (completion.x = JSON.parse('['.repeat(500) + ']'.repeat(500)))),
  long: changed('done', ({ choices }) => (choices[0].message.content = LONG_TEXT)),
};

const POISON = /\[\[poison=([\w-]+)\]\]/;

/** The poison that a request asks for. */
export function poisonOf(request: string): string | undefined {
  return POISON.exec(request)?.[1];
}

/** A vendor with chat completions whose answers are poisoned where the prompt says `[[poison=name]]`. */
export class PoisonousVendor {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<PoisonousVendor> {
    const server = createServer((request, response) => {
      void readBody(request).then((raw) => {
        const sent = String(raw);
        const poison = POISONS[poisonOf(sent) ?? ''];
        const completion = completionOf(sent);
        if (poison) poison.answer(response, completion);
        else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PoisonousVendor(server);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** The lines of a vendor's output file in place of a line, by name; a missing or unreadable one runs live. */
export const POISONED_LINES: Readonly<Record<string, (line: any) => string[]>> = {
  'line-missing': () => [],
  'line-cut': (line) => [JSON.stringify(line).slice(0, 60)],
  'line-empty': () => ['', '   '],
  'line-no-json': () => ['<html></html>'],
  'line-twice': (line) => [JSON.stringify(line), JSON.stringify(line)],
  'line-of-nobody': (line) => [JSON.stringify({ ...line, custom_id: 'of-nobody' }), JSON.stringify(line)],
  'line-without-response': (line) => [JSON.stringify({ ...line, response: null, error: null })],
  'line-without-body': (line) => [JSON.stringify({ ...line, response: { ...line.response, body: null } })],
  'line-with-text': (line) => [JSON.stringify({ ...line, response: { ...line.response, body: 'Bad gateway' } })],
  'line-nul-in-model': (line) => withBody(line, { model: 'mo\u0000del' }),
  'line-huge-usage': (line) =>
    withBody(line, { usage: { prompt_tokens: 1e30, completion_tokens: 1, total_tokens: 1e30 } }),
  'line-usage-of-text': (line) => withBody(line, { usage: { prompt_tokens: 'many' } }),
};

function withBody(line: any, members: object): string[] {
  return [JSON.stringify({ ...line, response: { ...line.response, body: { ...line.response.body, ...members } } })];
}

function completionOf(sent: string): any {
  const prompt = JSON.parse(sent).messages?.at(-1)?.content;
  return {
    id: 'chatcmpl-poison',
    object: 'chat.completion',
    created: 1,
    model: 'poisonous',
    choices: [{ index: 0, message: { role: 'assistant', content: `echo: ${prompt}` }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
  };
}
