import type { IncomingMessage, ServerResponse } from 'node:http';
import { FakeAnthropic } from '../fake-anthropic/fake-anthropic';
import { FakeOpenAi } from '../fake-openai/fake-openai';
import { GEMINI_KEY, GeminiServer } from '../gemini/gemini-server';
import { control, type Vendors } from './control';
import { Listener } from './listener';

export interface VendorServerOptions {
  /** A free one by default. */
  port?: number;
  /** The file for OpenAI's calls as JSON lines. */
  logFile?: string;
  /** Whether OpenAI refuses all that it refuses; the others always do. True by default. */
  strict?: boolean;
}

/**
 * The stand-in of the vendors: OpenAI, Anthropic and Gemini on one port, at `/openai`, `/anthropic` and `/gemini`. Latency and
 * failures of a call are set by markers in its prompt, by its header `x-fake: status=429 retry-after=1`, or for later calls at
 * `POST /control/scripts`; the words are those of `Directives`.
 */
export class VendorServer implements Vendors {
  private listener: Listener | undefined;
  readonly openai: FakeOpenAi;
  readonly anthropic = new FakeAnthropic(() => `${this.url}/anthropic`);
  readonly gemini = new GeminiServer(() => `${this.url}/gemini`);

  private constructor({ logFile, strict = true }: VendorServerOptions) {
    const log = logFile === undefined ? {} : { logFile };
    this.openai = new FakeOpenAi({ ...log, strict, at: () => `${this.url}/openai` });
  }

  static async start(options: VendorServerOptions = {}): Promise<VendorServer> {
    const vendors = new VendorServer(options);
    vendors.listener = await Listener.start((...exchange) => vendors.serve(...exchange), options.port);
    return vendors;
  }

  get url(): string {
    return this.listener?.url ?? '';
  }

  /** What a gateway needs in its environment to call the stand-in. */
  get env(): Record<string, string> {
    return {
      OPENAI_API_KEY: 'sk-stand-in-0123456789',
      OPENAI_BASE_URL: this.openai.baseUrl,
      ANTHROPIC_API_KEY: 'sk-ant-stand-in-0123456789',
      ANTHROPIC_BASE_URL: this.anthropic.baseUrl,
      GEMINI_API_KEY: GEMINI_KEY,
      GEMINI_BASE_URL: this.gemini.baseUrl,
    };
  }

  async stop(): Promise<void> {
    await this.listener?.stop();
    await this.openai.stop();
  }

  private async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, vendor = '', rest = ''] = /^\/(\w+)(\/.*)?$/.exec(path) ?? [];
    if (vendor === 'openai') return this.openai.serve(request, response, rest);
    if (vendor === 'anthropic') return this.anthropic.serve(request, response, rest);
    if (vendor === 'gemini') return this.gemini.serve(request, response, rest);
    return control(this, request, response, path);
  }
}
