/** The one route that reads a body of a caller without a key. */
export const SIGN_IN_PATH = '/auth/session';
/** Its largest body. */
export const SIGN_IN_BYTES = 4096;
