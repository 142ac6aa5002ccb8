/** A request that the vendor refuses. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export function refuse(message: string): never {
  throw new Refusal(400, 'invalid_request_error', message);
}
