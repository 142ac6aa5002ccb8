export * from './provider-adapter';
export * from './upstream-transport';
export { UpstreamClient, type UpstreamClientOptions } from './upstream-client';
export { SseReader, SseEventTooLargeError, MAX_SSE_EVENT_LENGTH, type SseItem } from './sse-reader';
export { openAiAdapter } from './openai/openai.adapter';
export { assembleCompletion } from './openai/openai-assembly';
export { CompletionReplay, completionToChunks, type ReplayChunk } from './openai/openai-replay';
export { SimulatorTransport, type SimulatorOptions } from './simulator/simulator.transport';
