export { ThriftgateClient } from './thriftgate-client';
export type { CallOptions, ThriftgateClientOptions } from './http-client';
export { ThriftgateError, type ThriftgateErrorDetails } from './thriftgate-error';
export type { AdminUsageQuery, InvalidateCache, RequestsQuery } from './resources/admin';
export type { BatchRequest, BatchResult, CreateBatch, WaitOptions } from './resources/batches';
export type { ChatStream, GatewayFacts } from './resources/chat';
export type { CreateFile, ListFiles } from './resources/files';
export type { NewKey } from './resources/keys';
export type { UsageQuery } from './resources/usage';
