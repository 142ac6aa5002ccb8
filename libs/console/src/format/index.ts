export * from './buckets';
export * from './counts';
export * from './csv';
export * from './decimal';
export * from './money';
export * from './periods';
export * from './times';
export * from './zones';
