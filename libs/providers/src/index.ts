export * from './batch-api';
export * from './endpoint';
export { FLEX, FLEX_TIERS, type FlexTier } from './flex-tier';
export * from './provider';
export * from './translator';
export * from './transport/upstream-transport';
export { type FailureReason, failureReason } from './failure-reason';
export {
  hasMarkedNames,
  type JsonBody,
  byteLengthOf,
  parseExact,
  parseExactInSteps,
  placeOf,
  stringifyExact,
  withPlainNames,
} from './exact-json';
export { LongNumber, LongText, PassedValue, textPieceEnd } from './passed-values';
export { isRecord, type JsonRecord, withEscapedLineEnds } from './json-record';
export { UpstreamClient, type UpstreamClientOptions, type UpstreamProxy } from './transport/upstream-client';
export { SseReader, SseEventTooLargeError, MAX_SSE_EVENT_LENGTH, isWhole, type SseItem } from './transport/sse-reader';
export {
  namesAllowance,
  type RateAllowance,
  type RateAllowances,
  readRateAllowances,
} from './transport/rate-allowance';
export { sseComment } from './transport/sse-text';
export { ENDPOINTS, endpointAt, endpointUnder } from './endpoints/endpoints';
export { chatCompletions } from './endpoints/chat-completions/chat-completions.endpoint';
export { messages } from './endpoints/messages/messages.endpoint';
export { embeddings } from './endpoints/embeddings/embeddings.endpoint';
export { anthropic } from './anthropic/anthropic';
export { gemini } from './gemini/gemini';
export { openAi } from './openai/openai';
export * from './vendors';
export { responses } from './endpoints/responses/responses.endpoint';
export { simulator } from './simulator/simulator';
export { SimulatorTransport, type SimulatorOptions } from './simulator/simulator.transport';
