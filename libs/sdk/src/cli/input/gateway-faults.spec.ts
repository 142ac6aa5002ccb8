import { ThriftgateError } from '../../thriftgate-error';
import { InputFaults } from '../terminal/exit-codes';
import { MESSAGES } from '../text/language';
import { lineFaultsOf } from './gateway-faults';

const error = (message: string, status = 400) =>
  new ThriftgateError(message, {
    status,
    code: null,
    type: null,
    param: null,
    requestId: null,
    retryAfterSeconds: null,
  });
const refused = 'The batch was refused; no line was started. ';

describe('lineFaultsOf', () => {
  it('names the lines of the user’s file', () => {
    const text = `${refused}Line 1: 'body.n' must be 1.5. Or less. Line 3: the model 'x' is not served here. 40 more lines are invalid.`;
    const faults = lineFaultsOf(error(text), [2, 5, 9], MESSAGES.en.input);
    expect(faults).toBeInstanceOf(InputFaults);
    expect(faults).toMatchObject({
      count: 42,
      faults: [
        { line: 2, message: "'body.n' must be 1.5. Or less" },
        { line: 9, message: "the model 'x' is not served here" },
      ],
    });
  });

  it('says the commonest faults in Korean', () => {
    const text = `${refused}Line 1: the model 'x' is not served here. Line 2: this key may not use the model 'y'.`;
    expect(lineFaultsOf(error(text), [1, 2], MESSAGES.ko.input)).toMatchObject({
      faults: [
        { message: '이 게이트웨이에 없는 모델입니다: x' },
        { message: '이 키로는 사용할 수 없는 모델입니다: y' },
      ],
    });
  });

  it.each([error('The batch has no lines.'), error(`${refused}Line 1: x.`, 500), new TypeError('fetch failed')])(
    'leaves other errors as they are',
    (other) => expect(lineFaultsOf(other, [], MESSAGES.en.input)).toBe(other),
  );
});
