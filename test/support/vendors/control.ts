import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeAnthropic } from '../fake-anthropic/fake-anthropic';
import { parseHeader, type ScriptMatch } from '../fake-openai/directives';
import type { FakeOpenAi } from '../fake-openai/fake-openai';
import type { GeminiServer } from '../gemini/gemini-server';
import { readBody } from './listener';

export interface Vendors {
  readonly openai: FakeOpenAi;
  readonly anthropic: FakeAnthropic;
  readonly gemini: GeminiServer;
}

const NAMES = ['openai', 'anthropic', 'gemini'] as const;
const MEMBERS = ['vendor', 'directives', 'model', 'prompt', 'times'];

/**
 * The stand-in's own calls: `POST /control/scripts` sets what later calls of a vendor get, as
 * `{"vendor": "anthropic", "directives": "status=529", "model"?, "prompt"?, "times"?}`; `GET /control/calls` lists the calls of each
 * vendor; `POST /control/reset` deletes scripts and calls.
 */
export async function control(vendors: Vendors, request: IncomingMessage, response: ServerResponse, path: string) {
  const raw = await readBody(request);
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  try {
    const route = `${request.method ?? 'GET'} ${path}`;
    if (route === 'POST /control/scripts') {
      addScript(vendors, JSON.parse(String(raw)));
      send(201, {});
    } else if (route === 'POST /control/reset') {
      for (const name of NAMES) vendors[name].reset();
      send(200, {});
    } else if (route === 'GET /control/calls') {
      send(200, Object.fromEntries(NAMES.map((name) => [name, vendors[name].calls])));
    } else send(404, { error: `${route}: no such call. Vendors are at /openai, /anthropic and /gemini.` });
  } catch (error) {
    send(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function addScript(vendors: Vendors, body: Record<string, unknown>): void {
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown) throw new Error(`${unknown}: no such member; there are ${MEMBERS.join(', ')}`);
  const { vendor, directives, model, prompt, times } = body;
  const name = NAMES.find((each) => each === vendor);
  if (!name) throw new Error(`vendor: must be one of ${NAMES.join(', ')}`);
  const match: ScriptMatch = {
    ...(typeof model === 'string' && { model }),
    ...(typeof prompt === 'string' && { prompt }),
    ...(typeof times === 'number' && { times }),
  };
  vendors[name].script(parseHeader(String(directives ?? '')), match);
}
