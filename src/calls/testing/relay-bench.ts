import { openAi, type ProviderError, type Translator } from '@thriftgate/providers';
import type { ReleaseSlot } from '../../routing/route-request';
import { FakeSignal } from './fake-signal';
import { ReadOnService } from '../attempts/read-on.service';
import { StreamRelay } from '../attempts/stream-relay';
import { anUpstreamCall, aCall, aModel, aResolvedCall } from './builders';
import { ScriptedResponse } from './scripted-response';
import { AttemptBench } from './started-attempt';

export const READ_ON_MS = 3_000;
export const translator = openAi.translators['chat.completions']!;

/** A signal that counts who listens. */
export class CountedSignal extends FakeSignal {
  listening = 0;

  override addEventListener(type: 'abort', listener: () => void): void {
    this.listening += 1;
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: 'abort', listener: () => void): void {
    this.listening -= 1;
    super.removeEventListener(type, listener);
  }
}

/** A relay of a response that the test scripts, with all that it touches. */
export function relayBench({
  reasons = false,
  with: decoder = translator,
  client = new CountedSignal(),
}: RelayOptions = {}) {
  const bench = new AttemptBench();
  const response = new ScriptedResponse();
  const model = aModel({ reasons });
  const resolved = aResolvedCall(aCall({ stream: true }), { model, signal: client });
  const upstream = anUpstreamCall(resolved.call.body);
  const readOn = new ReadOnService();
  let released = 0;
  let broken: ProviderError | undefined;
  const release: ReleaseSlot = (error) => {
    released += 1;
    broken = error;
  };
  const relay = new StreamRelay(
    bench.start({ resolved }),
    { translator: decoder, call: upstream },
    response,
    release,
    readOn,
  );
  const state = () => ({ released, listening: client.listening, holds: bench.hold.ends, closed: response.isClosed });
  /** What holds of every relay that is over. */
  const expectOver = () => {
    const { costPusd } = bench.ledger.outcome;
    expect(state()).toEqual({ released: 1, listening: 0, holds: [costPusd], closed: true });
  };
  return { bench, client, response, relay, readOn, expectOver, released: () => released, broken: () => broken };
}

interface RelayOptions {
  /** Whether the model reasons. */
  reasons?: boolean;
  with?: Translator;
  client?: CountedSignal;
}
