import type { PartsFacts, RequestContent, RequestParts } from '../../endpoint';
import type { JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { asBase64, asNumbers, divideVectors, gatherVectors } from '../../vectors/vector-list';
import { inputsOf } from '../../vectors/vector-reply';

/** Of UTF-8. Texts of most languages have fewer tokens than this says. */
const BYTES_PER_TOKEN = 3;

/** An input of a request is stored by itself: lists that overlap ask only for what is new. */
export const embeddingsParts: RequestParts = {
  cachedHeader: 'x-gateway-cached-inputs',
  split: (body) => inputsOf(body).map((input) => ({ ...body, input })),
  join: (parts) => ({ ...parts[0], input: parts.map(({ input }) => input) }),
  weight: ({ input }) => weightOf(input),
  divide: divideVectors,
  gather: gatherVectors,
  element,
  assemble,
};

function weightOf(input: unknown): number {
  if (Array.isArray(input)) return Math.max(1, input.length);
  const bytes = input instanceof LongText ? input.length : Buffer.byteLength(String(input));
  return Math.max(1, Math.ceil(bytes / BYTES_PER_TOKEN));
}

function element(vector: Buffer, index: number, { encoding_format: encoding }: JsonRecord): string {
  const embedding = encoding === 'base64' ? asBase64(vector) : asNumbers(vector);
  return `{"object":"embedding","index":${index},"embedding":${embedding}}`;
}

/** @see https://platform.openai.com/docs/api-reference/embeddings/create */
function assemble(elements: readonly string[], { model, inputTokens, cached }: PartsFacts): Buffer {
  const usage = `{"prompt_tokens":${inputTokens},"total_tokens":${inputTokens}}`;
  const rest = `"model":${JSON.stringify(model)},"usage":${usage},"cached":${cached}`;
  return Buffer.from(`{"object":"list","data":[${elements.join(',')}],${rest}}`);
}

/** The texts of a request, and the number of its tokens where it has these. */
export function embeddingsContent(body: JsonRecord): RequestContent {
  const inputs = inputsOf(body);
  const tokens = inputs.reduce<number>((sum, input) => sum + (Array.isArray(input) ? input.length : 0), 0);
  return {
    attachments: { count: 0, bytes: 0, files: [] },
    isPlain: true,
    tokens,
    // Most calls need no estimate.
    get texts() {
      return inputs.filter((input) => !Array.isArray(input)).map(String);
    },
  };
}
