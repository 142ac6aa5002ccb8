export * from './translator';
export * from './transport/upstream-transport';
export { UpstreamClient, type UpstreamClientOptions } from './transport/upstream-client';
export { SseReader, SseEventTooLargeError, MAX_SSE_EVENT_LENGTH, type SseItem } from './transport/sse-reader';
export { openAiAdapter } from './openai/openai.adapter';
export { assembleCompletion } from './openai/openai-assembly';
export { CompletionReplay, completionToChunks, type ReplayChunk } from './endpoints/chat-completions/completion-replay';
export { SimulatorTransport, type SimulatorOptions } from './simulator/simulator.transport';
