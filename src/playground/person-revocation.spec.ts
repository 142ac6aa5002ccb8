import { PersonRevocation } from './person-revocation';

describe('PersonRevocation', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('looks while a call runs, and no longer', () => {
    const revocation = new PersonRevocation(() => true);
    const abort = jest.fn();
    revocation.addEventListener('abort', abort);
    jest.advanceTimersByTime(5_000);
    expect([jest.getTimerCount(), abort.mock.calls]).toEqual([1, []]);
    revocation.removeEventListener('abort', abort);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends the call with the session, and looks no longer', () => {
    let isWorking = true;
    const revocation = new PersonRevocation(() => isWorking);
    const abort = jest.fn();
    revocation.addEventListener('abort', abort);
    isWorking = false;
    jest.advanceTimersByTime(500);
    expect([revocation.aborted, abort.mock.calls.length, jest.getTimerCount()]).toEqual([true, 1, 0]);
  });

  it('looks no longer where it is revoked otherwise', () => {
    const revocation = new PersonRevocation(() => true);
    revocation.addEventListener('abort', () => undefined);
    revocation.revoke();
    expect([revocation.aborted, jest.getTimerCount()]).toEqual([true, 0]);
  });
});
