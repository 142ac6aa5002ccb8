import { request } from 'node:http';

/** How a client behaves that is not a good one. */
export interface Manners {
  headers?: Record<string, string>;
  /** Breaks its connection so long after it has sent its request. */
  leavesAfterMs?: number;
  /** Breaks its connection when the first byte of the answer is there. */
  leavesAtFirstByte?: boolean;
  /** Takes nothing of the answer. */
  readsNothing?: boolean;
  /** Sends only half of its request before it leaves. */
  sendsHalf?: boolean;
}

/** A chat call over a connection of its own. @returns the status, or undefined where the client has left or was cut off */
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
