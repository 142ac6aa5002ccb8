import { LongText, messages, responses } from '@thriftgate/providers';
import { aCall, aModel, aPreparedCall } from '../testing/builders';
import { worstUsage } from './worst-case';

const BYTES = 300_000;
const letters = (bytes: number) => 'A'.repeat((bytes / 3) * 4);
const urlOf = (type: string, bytes = BYTES) => `data:${type};base64,${letters(bytes)}`;

/** A part of a message of each API that has a file of these bytes. */
const chatFile = (url: unknown) => ({ type: 'file', file: { filename: 'a', file_data: url } });
const inputFile = (url: unknown) => ({ type: 'input_file', filename: 'a', file_data: url });
const document = (type: string, data: unknown) => ({
  type: 'document',
  source: { type: 'base64', media_type: type, data },
});

/** What is held for a call with the part, which has little else. */
function heldFor(part: object, members: { maxInputTokens?: number } = {}, endpoint = aCall().endpoint): number {
  const turns = [{ role: 'user', content: [part] }];
  const call = aCall({ messages: turns });
  const body = endpoint === responses ? { input: turns } : call.body;
  return worstUsage(aPreparedCall({ ...call, endpoint, body }, { model: aModel(members) }), '{}').inputTokens;
}

describe('A10: a file in a request', () => {
  it.each([
    ['chat completions', chatFile(urlOf('text/plain')), undefined],
    ['chat completions, as an input_file', inputFile(urlOf('text/csv')), undefined],
    ['responses', inputFile(urlOf('application/json')), responses],
    ['messages', document('text/plain', letters(BYTES)), messages],
    ['a large body', chatFile(new LongText(Buffer.from(urlOf('text/plain')), true)), undefined],
    ['a part of a picture', { type: 'image_url', image_url: { url: urlOf('text/plain') } }, undefined],
  ])('is held at a token for each byte of its text: %s', (_, part, endpoint) => {
    const held = heldFor(part, {}, endpoint);
    expect(held).toBeGreaterThanOrEqual(BYTES);
    expect(held).toBeLessThan(BYTES + 1_000);
  });

  it.each([
    ['PDF', chatFile(urlOf('application/pdf')), undefined],
    ['PDF in responses', inputFile(urlOf('application/pdf')), responses],
    ['PDF in messages', document('application/pdf', letters(BYTES)), messages],
    ['PDF that is said to be text', chatFile(`data:text/plain;base64,JVBERi0x${letters(BYTES)}`), undefined],
    ['PDF in a part of a picture', { type: 'image_url', image_url: { url: urlOf('application/pdf') } }, undefined],
  ])('is held at a page for each 3 KB of packed %s', (_, part, endpoint) => {
    const held = heldFor(part, {}, endpoint);
    expect(held).toBeGreaterThanOrEqual((BYTES / 3_000) * 5_000);
    expect(held).toBeLessThan((BYTES / 3_000 + 2) * 5_000);
  });

  it.each([
    ['a string', (url: string) => url],
    ['a text of a large body', (url: string) => new LongText(Buffer.from(url), true)],
  ])('is held at 5,000 tokens for each page that a PDF shows: %s', (_, as) => {
    const pages = '<< /Type /Page >> '.repeat(12);
    const pdf = Buffer.from(`%PDF-1.4 ${pages} ${'x'.repeat(250_000)}`).toString('base64');
    const held = heldFor(chatFile(as(`data:application/pdf;base64,${pdf}`)));
    expect(held).toBeGreaterThanOrEqual(60_000);
    expect(held).toBeLessThan(61_000);
  });

  it.each([
    ['a table', chatFile(urlOf('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'))],
    ['what says no type', chatFile(letters(BYTES))],
  ])('is held at a token for each byte of %s', (_, part) => {
    const held = heldFor(part);
    expect(held).toBeGreaterThanOrEqual(BYTES);
    expect(held).toBeLessThan(BYTES + 1_000);
  });

  it('is held at no more than the model reads', () => {
    const held = heldFor(chatFile(urlOf('application/pdf')), { maxInputTokens: 200_000 });
    expect(held).toBeGreaterThanOrEqual(200_000);
    expect(held).toBeLessThan(201_000);
  });

  it.each([
    ['a short file', chatFile(urlOf('application/pdf', 300)), undefined],
    ['an address', chatFile('https://files.example/a.pdf'), undefined],
    ['an id', { type: 'file', file: { file_id: 'file-abc' } }, undefined],
    ['a picture', { type: 'image_url', image_url: { url: urlOf('image/png') } }, undefined],
    ['a picture in a file', chatFile(urlOf('image/png')), undefined],
    ['a film in a file of responses', inputFile(urlOf('video/mp4')), responses],
    ['a picture in a document', document('image/png', letters(BYTES)), messages],
    [
      'a picture without a type',
      { type: 'image_url', image_url: { url: `data:;base64,${letters(BYTES)}` } },
      undefined,
    ],
    ['a sound of an unknown type', { type: 'input_audio', input_audio: { data: urlOf('application/ogg') } }, undefined],
    ['a sound', { type: 'input_audio', input_audio: { data: letters(BYTES), format: 'mp3' } }, undefined],
  ])('is held at the bound of all attachments: %s', (_, part, endpoint) => {
    const held = heldFor(part, {}, endpoint);
    expect(held).toBeGreaterThanOrEqual(50_000);
    expect(held).toBeLessThan(51_000);
    // Vendors multiply the tokens of pictures for small models, beyond what these read.
    expect(heldFor(part, { maxInputTokens: 8_000 }, endpoint)).toBe(held);
  });
});
