import { Revocation } from '../common/revocation';

const LOOK_EVERY_MS = 500;

/** Ends a person's call with the person's key or session, and with the key that pays. It looks for that while the call runs. */
export class PersonRevocation extends Revocation {
  private timer: NodeJS.Timeout | undefined;

  /** @param isWorking whether the person may still make calls, and the key may still pay */
  constructor(private readonly isWorking: () => boolean) {
    super('The session or the API key of this call ended');
  }

  override addEventListener(type: 'abort', listener: () => void): void {
    super.addEventListener(type, listener);
    if (!this.aborted) this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  override removeEventListener(type: 'abort', listener: () => void): void {
    super.removeEventListener(type, listener);
    if (!this.isHeard) this.stop();
  }

  override revoke(): void {
    this.stop();
    super.revoke();
  }

  private look(): void {
    if (!this.isWorking()) this.revoke();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
