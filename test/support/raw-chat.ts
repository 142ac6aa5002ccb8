import { request } from 'node:http';

/** Misbehaviour of a client. */
export interface Manners {
  headers?: Record<string, string>;
  /** Disconnects this many milliseconds after it sent its request. */
  leavesAfterMs?: number;
  /** Disconnects at the first byte of the response. */
  leavesAtFirstByte?: boolean;
  /** Does not read the response. */
  readsNothing?: boolean;
  /** Sends only half of its request before it disconnects. */
  sendsHalf?: boolean;
}

/** A chat call over a new connection. @returns the status; undefined if the client disconnected or was cut off */
export function rawChat(url: string, key: string, body: object, manners: Manners = {}): Promise<number | undefined> {
  const { headers, leavesAfterMs, leavesAtFirstByte, readsNothing, sendsHalf } = manners;
  return new Promise((resolve) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const call = request(`${url}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': bytes.length,
        ...headers,
      },
    });
    const leave = () => call.destroy();
    const timer = leavesAfterMs === undefined ? undefined : setTimeout(leave, leavesAfterMs);
    let status: number | undefined;
    call.on('response', (response) => {
      response.on('error', () => undefined);
      response.on('end', () => ({ statusCode: status } = response));
      if (readsNothing) return;
      if (leavesAtFirstByte) response.once('data', leave);
      response.resume();
    });
    call.on('error', () => undefined);
    call.on('close', () => {
      clearTimeout(timer);
      resolve(status);
    });
    if (sendsHalf) call.write(bytes.subarray(0, bytes.length >> 1));
    else call.end(bytes);
  });
}
