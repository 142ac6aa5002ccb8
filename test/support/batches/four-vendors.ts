import { FakeOpenAi } from '../fake-openai/fake-openai';
import type { TokenBill } from '../fake-openai/call-log';
import { VendorServer } from '../vendors/vendor-server';

/** The models of the stories about batches, each with the vendor that runs it in a batch of its own. */
export const MODELS = {
  openai: 'gpt-4.1',
  anthropic: 'claude-sonnet-5-5',
  gemini: 'gemini-3.8-flash',
  groq: 'openai/gpt-oss-120b',
} as const;
export type VendorName = keyof typeof MODELS;
export const VENDORS = Object.keys(MODELS) as VendorName[];

/** A request that a vendor has run, in a batch or as a live call. */
export interface RanLine {
  vendor: VendorName;
  /** The request's text as JSON. */
  text: string;
  inputTokens: number;
  outputTokens: number;
}

/** The vendors' own records of what they ran. */
export interface VendorLog {
  inBatches: RanLine[];
  live: RanLine[];
}

/** OpenAI, Anthropic and Gemini, and Groq, which has OpenAI's batch API at an address of its own. */
export class FourVendors {
  private constructor(
    readonly three: VendorServer,
    readonly groq: FakeOpenAi,
  ) {}

  static async start(): Promise<FourVendors> {
    return new FourVendors(await VendorServer.start(), await FakeOpenAi.start());
  }

  /** What a gateway needs in its environment to call them. */
  get env(): Record<string, string> {
    return { ...this.three.env, GROQ_API_KEY: 'sk-groq-stand-in-0123456789', GROQ_BASE_URL: this.groq.baseUrl };
  }

  /** What they ran of the requests that have a text in them. */
  log(text: string): VendorLog {
    const { anthropic, gemini, openai } = this.three;
    const has = (line: RanLine) => line.text.includes(text);
    const ofOpenAi = (vendor: VendorName, body: unknown, billed: TokenBill | undefined) =>
      ran(vendor, body, billed?.prompt_tokens, billed?.completion_tokens);
    const inBatches = [
      ...openai.batchLines.map(({ body, billed }) => ofOpenAi('openai', body, billed)),
      ...this.groq.batchLines.map(({ body, billed }) => ofOpenAi('groq', body, billed)),
      ...anthropic.batches.ran.map(({ params, usage }) => ofAnthropic(params, usage)),
      ...gemini.batches.ran.map(({ request, usage }) => ofGemini(request, usage)),
    ];
    const live = [
      ...callsOf(openai).map(({ body, billed }) => ofOpenAi('openai', body, billed)),
      ...callsOf(this.groq).map(({ body, billed }) => ofOpenAi('groq', body, billed)),
      ...anthropic.calls
        .filter(({ path }) => path === '/v1/messages')
        .map(({ body, usage }) => ofAnthropic(body, usage)),
      ...gemini.calls
        .filter(({ path }) => /:generateContent/.test(path))
        .map(({ body, usage }) => ofGemini(body, usage)),
    ];
    return { inBatches: inBatches.filter(has), live: live.filter(has) };
  }

  async stop(): Promise<void> {
    await this.three.stop();
    await this.groq.stop();
  }
}

const callsOf = ({ calls }: FakeOpenAi) => calls.filter(({ path }) => path === '/v1/chat/completions');

const ofAnthropic = (body: unknown, usage: any) => ran('anthropic', body, usage?.input_tokens, usage?.output_tokens);

const ofGemini = (body: unknown, usage: any) =>
  ran('gemini', body, usage?.promptTokenCount, usage?.candidatesTokenCount);

function ran(vendor: VendorName, body: unknown, inputTokens = 0, outputTokens = 0): RanLine {
  return { vendor, text: JSON.stringify(body) ?? '', inputTokens, outputTokens };
}
