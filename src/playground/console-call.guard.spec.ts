import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditRepository } from '../audit/audit.repository';
import type { CallerIdentity } from '../auth/caller-identity.service';
import type { Caller } from '../common/caller';
import { Revocation } from '../common/revocation';
import type { ConsoleKeys } from '../keys/console-keys.service';
import type { LimitsGuard } from '../limits/limits.guard';
import { ConsoleCallGuard } from './console-call.guard';

const TEAM = 'team_1';
const PERSON: Caller = { role: 'team_admin', teamId: TEAM, keyId: 'key_person', models: null, rpmLimit: null };

describe('a call of the playground', () => {
  let payer: Caller;
  let isSignedIn: boolean;

  beforeEach(() => {
    jest.useFakeTimers();
    payer = { ...PERSON, role: 'member', keyId: 'key_console', revocation: new Revocation() };
    isSignedIn = true;
  });
  afterEach(() => jest.useRealTimers());

  /** The caller of a person's request behind the guard. */
  async function admitted(): Promise<Caller> {
    const request = { query: { team_id: TEAM }, caller: PERSON, sessionId: 'session_1', scope: {}, headers: {} };
    const context = { switchToHttp: () => ({ getRequest: () => request as unknown as FastifyRequest }) };
    const guard = new ConsoleCallGuard(
      { callerFor: async () => payer } as Pick<ConsoleKeys, 'callerFor'> as ConsoleKeys,
      { isWorking: (caller, session) => caller === PERSON && session === 'session_1' && isSignedIn } as Pick<
        CallerIdentity,
        'isWorking'
      > as CallerIdentity,
      { record: async () => 'audit_1' } as Pick<AuditRepository, 'record'> as AuditRepository,
      { canActivate: async () => true } as Pick<LimitsGuard, 'canActivate'> as LimitsGuard,
    );
    await guard.canActivate(context as ExecutionContext);
    return request.caller;
  }

  it.each([
    ["the person's session", () => (isSignedIn = false)],
    ['the key that pays', () => payer.revocation?.revoke()],
  ])('A23: ends within a second after %s, and says so', async (_what, end) => {
    const { keyId, revocation } = await admitted();
    const ended = jest.fn();
    revocation?.addEventListener('abort', ended);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([keyId, ended.mock.calls]).toEqual(['key_console', []]);
    end();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([ended.mock.calls.length, revocation?.aborted, jest.getTimerCount()]).toEqual([1, true, 0]);
    expect(revocation?.error()).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringContaining('session or the API key of this call ended while it ran'),
    });
  });

  it('is watched while it runs', async () => {
    const { revocation } = await admitted();
    expect(jest.getTimerCount()).toBe(0);
    const listeners = [jest.fn(), jest.fn()];
    for (const listener of listeners) revocation?.addEventListener('abort', listener);
    expect(jest.getTimerCount()).toBe(1);
    for (const listener of listeners) revocation?.removeEventListener('abort', listener);
    expect(jest.getTimerCount()).toBe(0);
  });
});
