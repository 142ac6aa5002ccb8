import type { VendorServer } from '../vendors/vendor-server';
import type { Api } from './clients';

/** A vendor behind the gateway. */
export interface Family {
  model: string;
  /** For stories that fail: a deployment that has failed gets no calls for a while. */
  failing: string;
  /** The bodies that reached the vendor. */
  calls(vendors: VendorServer): any[];
  /** What stands in a request with an image. */
  image: string;
  /** How often a request has the vendor's reasoning of earlier turns; undefined where an API of it shows none. */
  reasoningIn(body: any, api: Api): number | undefined;
}

const count = (value: unknown, pattern: RegExp) => JSON.stringify(value).match(pattern)?.length ?? 0;

export const FAMILIES: Record<string, Family> = {
  OpenAI: {
    model: 'gpt-5.4',
    failing: 'gpt-5.4-mini',
    calls: ({ openai }) => openai.calls.map(({ body }) => body),
    image: 'data:image/png;base64,',
    reasoningIn: (body, api) => (api === 'responses' ? count(body.input, /"type":"reasoning"/g) : undefined),
  },
  Anthropic: {
    model: 'claude-opus-5-5',
    failing: 'claude-haiku-5-5',
    calls: ({ anthropic }) => anthropic.calls.map(({ body }) => body),
    image: '"media_type":"image/png"',
    reasoningIn: (body) => count(body.messages, /"type":"thinking"/g),
  },
  Gemini: {
    model: 'gemini-3.5-flash',
    failing: 'gemini-3.8-flash',
    calls: ({ gemini }) => gemini.calls.map(({ body }) => body),
    image: '"mimeType":"image/png"',
    reasoningIn: (body) => count(body.contents, /"thoughtSignature":/g),
  },
};
