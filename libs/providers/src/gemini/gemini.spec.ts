import { join } from 'node:path';
import { describeTranslator } from '../testing/describe-translator';
import { geminiChat } from './gemini';

describeTranslator('gemini chat completions', geminiChat, join(__dirname, '__fixtures__'));
