import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Revocation } from '../common/revocation';
import { ClientDisconnect } from './client-disconnect';

const responseOf = (writableFinished = false) =>
  Object.defineProperty(new ServerResponse(new IncomingMessage(new Socket())), 'writableFinished', {
    value: writableFinished,
  });

class HeardRevocation extends Revocation {
  override get isHeard(): boolean {
    return super.isHeard;
  }
}

describe('ClientDisconnect', () => {
  it('is aborted when the connection closes before the response is sent, once', () => {
    const response = responseOf();
    const disconnect = new ClientDisconnect(response);
    const aborts: string[] = [];
    const removed = () => aborts.push('removed');
    disconnect.addEventListener('abort', () => aborts.push('first'));
    disconnect.addEventListener('abort', removed);
    disconnect.removeEventListener('abort', removed);
    expect(disconnect.aborted).toBe(false);
    response.emit('close');
    response.emit('close');
    expect(disconnect.aborted).toBe(true);
    expect(aborts).toEqual(['first']);
  });

  it('is not aborted when the connection closes after the response is sent', () => {
    const response = responseOf(true);
    const disconnect = new ClientDisconnect(response);
    expect(disconnect.aborted).toBe(false);
    response.emit('close');
    expect(disconnect.aborted).toBe(false);
  });

  it('is aborted from the start when the connection is closed already', () => {
    const response = responseOf();
    response.destroy();
    expect(new ClientDisconnect(response).aborted).toBe(true);
  });

  it('listens to nothing when the connection is closed, or the key revoked, before the first use', () => {
    const [closed, open] = [responseOf(), responseOf()];
    closed.destroy();
    const [working, revoked] = [new HeardRevocation(), new HeardRevocation()];
    revoked.revoke();
    const ended = [new ClientDisconnect(closed, working), new ClientDisconnect(open, revoked)];
    expect(ended.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect([working.isHeard, closed.listenerCount('close'), open.listenerCount('close')]).toEqual([false, 0, 0]);
  });

  it('adds no listener to the response before the first use', () => {
    const response = responseOf();
    const disconnect = new ClientDisconnect(response);
    expect(response.listenerCount('close')).toBe(0);
    expect(disconnect.aborted).toBe(false);
    expect(response.listenerCount('close')).toBe(1);
  });

  it('A23: is aborted when the key is revoked, until the response is sent', () => {
    const revocation = new Revocation();
    const running = new ClientDisconnect(responseOf(), revocation);
    const sent = responseOf(true);
    const ended = new ClientDisconnect(sent, revocation);
    expect([running.aborted, ended.aborted]).toEqual([false, false]);
    sent.emit('close');
    revocation.revoke();
    expect([running.aborted, ended.aborted]).toEqual([true, false]);
    expect(new ClientDisconnect(responseOf(), revocation).aborted).toBe(true);
  });
});
