import { remembered } from './remembered';

describe('what is remembered of models', () => {
  it('is worked out once for each name, and again where there are too many', () => {
    const asked: string[] = [];
    const lengthOf = remembered((model) => {
      asked.push(model);
      return { length: model.length };
    });
    expect([lengthOf('gpt'), lengthOf('gpt'), lengthOf('o3')]).toEqual([{ length: 3 }, { length: 3 }, { length: 2 }]);
    expect(asked).toEqual(['gpt', 'o3']);
    for (let at = 0; at < 1_000; at += 1) lengthOf(`model-${at}`);
    lengthOf('gpt');
    expect(asked.filter((name) => name === 'gpt')).toHaveLength(2);
  });
});
