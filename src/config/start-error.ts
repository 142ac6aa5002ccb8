/** What keeps the gateway from starting, in one line for whoever starts it; a stack would say nothing more. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
