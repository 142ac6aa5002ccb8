import { ThriftgateError } from '@thriftgate/sdk';

/** Whether an error says that an object has changed since it was read. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof ThriftgateError && error.code === 'precondition_failed';
