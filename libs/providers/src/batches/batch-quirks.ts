import type { BatchDiscount, BatchLimits } from '../batch-api';

/** How a vendor's batch API differs from OpenAI's. @see https://platform.openai.com/docs/api-reference/batch */
export interface BatchQuirks {
  /** The vendor's page about its batches. */
  readonly see: string;
  readonly limits: BatchLimits;
  readonly discount: BatchDiscount;
  /** The calls that it takes, by the ends of their paths. */
  readonly calls: readonly string[];
  /** What stands before the ends of the paths in lines; `/v1` by default. */
  readonly pathPrefix?: string;
  /** Of input files; `batch` by default. */
  readonly purpose?: string;
  /** Whether the vendor keeps `metadata`, by which batches are found again. */
  readonly metadata?: boolean;
  /** The members of its batches; OpenAI's by default. */
  readonly shape?: 'mistral' | 'xai' | 'together';
}

const MIB = 1024 * 1024;
const HALF: BatchDiscount = { millionths: 500_000, stacks: true };
/** Half, and input that is read from a prompt cache costs as other input. */
const HALF_WITHOUT_CACHE: BatchDiscount = { millionths: 500_000, stacks: false };
const CHAT = ['/chat/completions'];

/** Vendors with an OpenAI-like batch API, by their names. */
export const BATCH_QUIRKS: Readonly<Record<string, BatchQuirks>> = {
  openai: {
    see: 'https://platform.openai.com/docs/guides/batch',
    limits: { lines: 50_000, bytes: 200 * MIB, inputs: 50_000 },
    discount: HALF,
    calls: ['/chat/completions', '/responses', '/embeddings'],
    metadata: true,
  },
  azure: {
    see: 'https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch',
    limits: { lines: 100_000, bytes: 200 * MIB, inputs: 50_000 },
    discount: HALF,
    calls: ['/chat/completions', '/responses', '/embeddings'],
    metadata: true,
  },
  groq: {
    see: 'https://console.groq.com/docs/batch',
    limits: { lines: 50_000, bytes: 100 * MIB },
    discount: HALF_WITHOUT_CACHE,
    calls: CHAT,
    metadata: true,
  },
  mistral: {
    see: 'https://docs.mistral.ai/capabilities/batch/',
    limits: { lines: 1_000_000, bytes: 500 * MIB },
    discount: HALF,
    calls: ['/chat/completions', '/embeddings'],
    metadata: true,
    shape: 'mistral',
  },
  xai: {
    see: 'https://docs.x.ai/docs/guides/batch-api',
    limits: { lines: 50_000, bytes: 200 * MIB },
    discount: { millionths: 800_000, stacks: true },
    calls: CHAT,
    shape: 'xai',
  },
  together: {
    see: 'https://docs.together.ai/docs/inference/batch/overview',
    limits: { lines: 50_000, bytes: 100 * MIB },
    discount: HALF_WITHOUT_CACHE,
    calls: CHAT,
    purpose: 'batch-api',
    shape: 'together',
  },
  dashscope: {
    see: 'https://www.alibabacloud.com/help/en/model-studio/batch-inference',
    limits: { lines: 50_000, bytes: 500 * MIB },
    discount: HALF_WITHOUT_CACHE,
    calls: ['/chat/completions', '/embeddings'],
    metadata: true,
  },
  moonshot: {
    see: 'https://platform.moonshot.ai/docs/api/batch',
    limits: { lines: 50_000, bytes: 100 * MIB },
    discount: { millionths: 600_000, stacks: false },
    calls: CHAT,
    metadata: true,
  },
  zai: {
    see: 'https://docs.bigmodel.cn/cn/guide/tools/batch',
    limits: { lines: 50_000, bytes: 100 * MIB },
    discount: HALF_WITHOUT_CACHE,
    calls: CHAT,
    pathPrefix: '/v4',
    metadata: true,
  },
};
