/** The reason why the gateway cannot start, in one line without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
