import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isRecord } from '../json-record';
import type { ProviderAdapter, StreamChunk, StreamDecoder, UpstreamCall, UpstreamFailure } from '../translator';
import { SseReader } from '../transport/sse-reader';

/**
 * Runs an adapter over recorded cases, one folder each: `call.json` gives `request.json`, `reply.json` gives
 * `result.json`, `stream.sse` gives `chunks.json` and `assembled.json`, `failure.json` gives `error.json`. A case has
 * whichever of them it is about. With UPDATE_FIXTURES=1 the right-hand files are written: read the difference.
 */
export function describeProvider(adapter: ProviderAdapter, fixtureDirectory: string): void {
  describe(`${adapter.id} adapter`, () => {
    for (const name of readdirSync(fixtureDirectory)) describeCase(adapter, name, join(fixtureDirectory, name));
  });
}

function describeCase(adapter: ProviderAdapter, name: string, directory: string): void {
  const inputs = ['call.json', 'reply.json', 'stream.sse', 'failure.json'];
  const given = new Set(inputs.filter((file) => existsSync(join(directory, file))));
  const read = (file: string): Buffer => readFileSync(join(directory, file));
  const expectGolden = (file: string, actual: unknown): void => {
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(join(directory, file), toJson(actual));
    expect(JSON.parse(toJson(actual))).toEqual(JSON.parse(read(file).toString()));
  };

  describe(name, () => {
    it('is a case', () => expect(given.size).toBeGreaterThan(0));

    if (given.has('call.json')) {
      it('writes the request', () => {
        const text = read('call.json').toString();
        const call: UpstreamCall = JSON.parse(text);
        const request = adapter.toRequest(call);
        expectGolden('request.json', { ...request, body: JSON.parse(request.body) });
        expect(call).toEqual(JSON.parse(text));
      });
    }

    if (given.has('reply.json')) {
      it('reads the reply', () => {
        const reply = adapter.fromReply(read('reply.json'));
        expectGolden('result.json', { body: JSON.parse(reply.body.toString()), facts: reply.facts });
      });
    }

    if (given.has('stream.sse')) {
      it('reads the stream', () => {
        const { chunks, decoder } = decode(adapter, [read('stream.sse')]);
        const readable = chunks.map(({ kind, data }) => ({ kind, data: kind === 'done' ? data : JSON.parse(data) }));
        expectGolden('chunks.json', readable);
        const { body, facts } = decoder.assemble();
        expectGolden('assembled.json', { ended: decoder.ended, body: JSON.parse(body.toString()), facts });
      });

      it('reads the same chunks wherever the bytes are cut', () => {
        const bytes = read('stream.sse');
        const whole = JSON.stringify(decode(adapter, [bytes]).chunks);
        for (let cut = 1; cut < bytes.length; cut += 1) {
          const { chunks } = decode(adapter, [bytes.subarray(0, cut), bytes.subarray(cut)]);
          if (JSON.stringify(chunks) !== whole) throw new Error(`Cut at byte ${cut} the stream reads otherwise.`);
        }
        const singly = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
        expect(JSON.stringify(decode(adapter, singly).chunks)).toBe(whole);
      });
    }

    if (given.has('failure.json')) {
      it('reads the failure', () => {
        // A body in JSON is kept as JSON in the fixture, to be readable.
        const recorded: UpstreamFailure = JSON.parse(read('failure.json').toString());
        const { body }: { body: unknown } = recorded;
        const failure = { ...recorded, body: isRecord(body) ? JSON.stringify(body) : recorded.body };
        expectGolden('error.json', adapter.toError(failure));
      });
    }
  });
}

function decode(adapter: ProviderAdapter, parts: Uint8Array[]): { chunks: StreamChunk[]; decoder: StreamDecoder } {
  const reader = new SseReader();
  const decoder = adapter.openStream();
  const items = [...parts.flatMap((part) => reader.push(part)), ...reader.end()];
  const chunks = items.flatMap((item) => (item.kind === 'event' ? decoder.push(item) : []));
  return { chunks, decoder };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
