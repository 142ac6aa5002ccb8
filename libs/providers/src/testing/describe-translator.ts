import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isRecord } from '../json-record';
import type { Translator, StreamChunk, StreamDecoder, UpstreamCall, UpstreamFailure } from '../translator';
import { isWhole, SseReader } from '../transport/sse-reader';

const ANY_CALL: UpstreamCall = {
  body: { model: 'any' },
  upstreamModel: 'any',
  stream: false,
  requestId: 'req-1',
  baseUrl: 'http://upstream.test/v1',
};

/**
 * Runs a translator on recorded cases, one folder per case: `call.json` gives `request.json`, `reply.json` gives
 * `result.json`, `stream.sse` gives `chunks.json` and `assembled.json`, `failure.json` gives `error.json`. A case has one or
 * more of the inputs. UPDATE_FIXTURES=1 rewrites the outputs: review the diff.
 */
export function describeTranslator(name: string, translator: Translator, fixtureDirectory: string): void {
  describe(name, () => {
    for (const each of readdirSync(fixtureDirectory)) describeCase(translator, each, join(fixtureDirectory, each));
  });
}

function describeCase(translator: Translator, name: string, directory: string): void {
  const inputs = ['call.json', 'reply.json', 'stream.sse', 'failure.json'];
  const given = new Set(inputs.filter((file) => existsSync(join(directory, file))));
  const read = (file: string): Buffer => readFileSync(join(directory, file));
  const call: UpstreamCall = given.has('call.json') ? JSON.parse(read('call.json').toString()) : ANY_CALL;
  const expectGolden = (file: string, actual: unknown): void => {
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(join(directory, file), toJson(actual));
    expect(JSON.parse(toJson(actual))).toEqual(JSON.parse(read(file).toString()));
  };

  describe(name, () => {
    it('has an input', () => expect(given.size).toBeGreaterThan(0));

    if (given.has('call.json')) {
      it('writes the request', () => {
        const before = JSON.stringify(call);
        const request = translator.toRequest(call);
        expectGolden('request.json', { ...request, body: JSON.parse(String(request.body)) });
        expect(JSON.stringify(call)).toBe(before);
      });
    }

    if (given.has('reply.json')) {
      it('reads the response', () => {
        const result = translator.fromReply(read('reply.json'), call);
        if (result.kind !== 'response') throw new Error(`reply.json is ${result.kind}`);
        const { reply } = result;
        expectGolden('result.json', { body: JSON.parse(reply.body.toString()), facts: reply.facts, turn: reply.turn });
      });
    }

    if (given.has('stream.sse')) {
      it('reads the stream', () => {
        const { chunks, decoder } = decode(translator, call, [read('stream.sse')]);
        const readable = chunks.map(({ kind, event, data }) => ({
          kind,
          event,
          data: kind === 'done' ? data : JSON.parse(data),
        }));
        expectGolden('chunks.json', readable);
        const { body, facts, turn } = decoder.assemble();
        expectGolden('assembled.json', { ended: decoder.ended, body: JSON.parse(body.toString()), facts, turn });
      });

      it('reads the same chunks for every cut of the bytes', () => {
        const bytes = read('stream.sse');
        const whole = JSON.stringify(decode(translator, call, [bytes]).chunks);
        // Half a character would have become one.
        expect(whole).not.toContain('\uFFFD');
        for (let cut = 1; cut < bytes.length; cut += 1) {
          const { chunks } = decode(translator, call, [bytes.subarray(0, cut), bytes.subarray(cut)]);
          if (JSON.stringify(chunks) !== whole)
            throw new Error(`The chunks differ when the stream is cut at byte ${cut}.`);
        }
        const singly = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
        expect(JSON.stringify(decode(translator, call, singly).chunks)).toBe(whole);
      });
    }

    if (given.has('failure.json')) {
      it('reads the failure', () => {
        // Fixtures hold a JSON body as JSON, for readability.
        const recorded: UpstreamFailure = JSON.parse(read('failure.json').toString());
        const { body }: { body: unknown } = recorded;
        const failure = { ...recorded, body: isRecord(body) ? JSON.stringify(body) : recorded.body };
        expectGolden('error.json', translator.toError(failure));
      });
    }
  });
}

function decode(
  translator: Translator,
  call: UpstreamCall,
  parts: Uint8Array[],
): { chunks: StreamChunk[]; decoder: StreamDecoder } {
  const reader = new SseReader();
  const decoder = translator.openStream(call);
  const items = [...parts.flatMap((part) => reader.push(part)), ...reader.end().filter(isWhole)];
  const chunks = items.flatMap((item) => (item.kind === 'event' ? decoder.push(item) : []));
  return { chunks, decoder };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
