import { join } from 'node:path';
import { describeTranslator } from '../testing/describe-translator';
import { anthropicChat } from './anthropic';

describeTranslator("chat completions over Anthropic's messages", anthropicChat, join(__dirname, '__fixtures__'));
