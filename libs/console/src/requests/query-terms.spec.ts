import * as fc from 'fast-check';
import { FIELDS, parseQuery, printTerms, type Term, WORDS } from './query-terms';

describe('the filter of the request log as text', () => {
  it('has fields with values, which may be excluded', () => {
    expect(parseQuery('model:team//gpt-4.1 cost:>0.05 -cache:hit,coalesced latency:>=1.5s')).toEqual({
      terms: [
        { field: 'model', value: 'team//gpt-4.1', isExcluded: false },
        { field: 'cost', value: '0.05', isExcluded: false },
        { field: 'cache', value: 'HIT,COALESCED', isExcluded: true },
        { field: 'latency', value: '1500', isExcluded: false },
      ],
      faults: [],
    });
  });

  it('has values with spaces, quotes and colons', () => {
    const { terms } = parseQuery(String.raw`tag:"검색 \"야간\"" model:azure:eu:gpt`);
    expect(terms.map(({ value }) => value)).toEqual(['검색 "야간"', 'azure:eu:gpt']);
  });

  it('takes a request id alone', () => {
    const { terms } = parseQuery(' 01kas5t9w3e7r1y5v8p2a6s4df ');
    expect(terms).toEqual([{ field: 'id', value: '01KAS5T9W3E7R1Y5V8P2A6S4DF', isExcluded: false }]);
  });

  it.each([
    ['nonsense', 'field'],
    ['colour:red', 'field'],
    ['model:', 'empty'],
    ['cache:WARM', 'value'],
    ['status:6xx', 'value'],
    ['cost:cheap', 'value'],
    ['latency:>90000s', 'value'],
    ['-model:gpt-4.1', 'exclude'],
    ['model:b', 'twice'],
  ])('says what is wrong with %s, and reads the rest', (text, reason) => {
    const read = parseQuery(reason === 'twice' ? `model:a ${text}` : `team:a ${text}`);
    expect(read.terms).toHaveLength(1);
    expect(read.faults).toEqual([{ text, reason }]);
  });

  it('reads what it writes', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((each) => each.normalize('NFC'));
    const term = fc.oneof(
      fc.record({ field: fc.constantFrom<Term['field'][]>('model', 'tag', 'key', 'team'), value: text }),
      fc.record({ field: fc.constant<'cost'>('cost'), value: fc.constantFrom('0', '0.05', '12.000001') }),
      fc.record({ field: fc.constant<'latency'>('latency'), value: fc.nat(86_400_000).map(String) }),
      fc.record({ field: fc.constant<'cache'>('cache'), value: fc.constantFrom(...WORDS.cache) }),
    );
    fc.assert(
      fc.property(term, (each) => {
        const terms = [{ ...each, isExcluded: false }];
        expect(parseQuery(printTerms(terms))).toEqual({ terms, faults: [] });
      }),
    );
  });

  it('never fails, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { field } of parseQuery(text).terms) expect(FIELDS).toContain(field);
      }),
    );
  });
});
