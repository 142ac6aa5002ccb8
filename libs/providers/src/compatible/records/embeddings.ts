import { type EmbeddingRules, NO_LIMIT } from '../../openai/embeddings/embedding-rules';
import { OPENAI_EMBEDDINGS } from '../../openai/embeddings/openai-embeddings';

/** Members of OpenAI's clients and of other vendors that most vendors do not know. */
const DROPPED = ['user', 'task_type', 'title'];
const PLAIN: EmbeddingRules = { limits: NO_LIMIT, dimensions: 'dimensions', dropped: DROPPED };

/** How the embeddings of vendors with OpenAI's API differ from OpenAI's, by the names of their records. */
export const EMBEDDING_RULES = {
  /** @see https://platform.openai.com/docs/api-reference/embeddings/create */
  openai: OPENAI_EMBEDDINGS,
  /** @see https://learn.microsoft.com/azure/ai-foundry/openai/latest#create-embedding */
  azure: OPENAI_EMBEDDINGS,
  /**
   * Its page names no limits. Error 3210 comes from 257 inputs on, as rig-core has tried; LangChain's client sends 16,000 tokens at once.
   *
   * @see https://docs.mistral.ai/api/#tag/embeddings
   * @see https://docs.rs/crate/rig-core/0.42.0/source/src/providers/mistral/embedding.rs
   * @see https://reference.langchain.com/python/langchain-mistralai/embeddings
   */
  mistral: { ...PLAIN, limits: { parts: 256, tokens: 16_000 }, dimensions: 'output_dimension' },
  /** @see https://docs.together.ai/reference/embeddings-2 */
  together: { limits: NO_LIMIT, dropped: DROPPED },
  /** @see https://openrouter.ai/docs/api-reference/embeddings/create-embeddings */
  openrouter: { ...PLAIN, tokens: true, inputTypes: 'any', dropped: ['task_type', 'title'] },
  /** @see https://docs.fireworks.ai/api-reference/creates-an-embedding-vector-representing-the-input-text */
  fireworks: PLAIN,
  /** @see https://www.alibabacloud.com/help/en/model-studio/embedding-interfaces-compatible-with-openai */
  dashscope: { ...PLAIN, limits: { parts: 10 } },
  /** Error 1214 comes from 65 inputs on. @see https://docs.bigmodel.cn/api-reference/%E6%A8%A1%E5%9E%8B-api/%E6%96%87%E6%9C%AC%E5%B5%8C%E5%85%A5 */
  zai: { ...PLAIN, limits: { parts: 64 } },
  /**
   * Its models for queries and for passages have names of their own. Upstage's LangChain client sends 100 inputs at once; no source
   * that could be read confirms the number of tokens.
   *
   * @see https://console.upstage.ai/docs/capabilities/embeddings
   * @see https://pypi.org/project/langchain-upstage/ `MAX_EMBED_BATCH_SIZE`
   */
  upstage: { limits: { parts: 100, tokens: 204_800 }, dropped: DROPPED },
  /** @see https://docs.ollama.com/api/openai-compatibility#%2Fv1%2Fembeddings */
  ollama: PLAIN,
  /** @see https://docs.vllm.ai/en/stable/serving/openai_compatible_server/#embeddings-api */
  vllm: { limits: NO_LIMIT, dimensions: 'dimensions', base64: true, tokens: true, inputTypes: 'any' },
  /** @see https://docs.sglang.ai/basic_usage/openai_api_embeddings.html */
  sglang: { limits: NO_LIMIT, dimensions: 'dimensions', tokens: true, inputTypes: 'any' },
  /** What another server does not know, it refuses itself. */
  'openai-compatible': { limits: NO_LIMIT, dimensions: 'dimensions', tokens: true, inputTypes: 'any' },
} as const satisfies Record<string, EmbeddingRules>;
