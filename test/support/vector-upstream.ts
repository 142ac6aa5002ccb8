import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (body: any) => object;

/** Vendors of embeddings with APIs of their own, on one port: Gemini without usage, as it often answers, and Cohere. */
const ANSWERS: readonly (readonly [RegExp, Answer])[] = [
  [/:batchEmbedContents$/, ({ requests }) => ({ embeddings: requests.map(geminiVector) })],
  [
    /\/v2\/embed$/,
    ({ texts }) => ({
      embeddings: { float: texts.map((text: string) => [text.length, -0.5]) },
      meta: { billed_units: { input_tokens: 10 * texts.length } },
    }),
  ],
];

function geminiVector({ content }: any): object {
  return { values: [content.parts[0].text.length / 4, 0.125] };
}

export class VectorUpstream {
  readonly calls: { path: string; body: any }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<VectorUpstream> {
    const server = createServer();
    const upstream = new VectorUpstream(server);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const [path = ''] = (request.url ?? '').split('?');
      const body = JSON.parse(Buffer.concat(chunks).toString());
      upstream.calls.push({ path, body });
      const answer = ANSWERS.find(([paths]) => paths.test(path))?.[1];
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer?.(body) ?? { message: 'not found' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
