import { messagesOverChat } from '../../bridges/messages-over-chat/messages-over-chat';
import type { Endpoint, WithoutEffect } from '../../endpoint';
import { prefixOf } from '../chat-completions/chat-prefix';
import { withoutThinking } from './message-facts';
import { MessageReplay } from './message-replay';
import { messagesContent, textOfMessage, turnIdsOfMessages } from './messages-content';
import { MESSAGES } from './messages-name';
import { messagesRenderer } from './messages-renderer';
import { readMessagesRequest } from './messages-request';

/** Members that do not change the response; the cache key includes all others, also unknown ones. */
const TOP_LEVEL = new Set(['stream', 'metadata', 'service_tier', 'use_cache', 'cache', 'cache_control']);
/** Marks for the vendor's prompt cache. A tool's schema and input may have members of the same name. */
const MARKS = new Set(['cache_control']);
const BLOCKS: WithoutEffect = { names: MARKS, inside: { content: { names: MARKS } } };

/** `POST /v1/messages`. @see https://platform.claude.com/docs/en/api/messages */
export const messages: Endpoint = {
  name: MESSAGES,
  path: '/v1/messages',
  modes: ['chat', 'responses'],
  withoutEffect: {
    names: TOP_LEVEL,
    inside: {
      system: { names: MARKS },
      messages: { names: new Set(), inside: { content: BLOCKS } },
      tools: { names: MARKS },
    },
  },
  // Versions have other members, and betas change what the vendor does.
  keyHeaders: ['anthropic-beta', 'anthropic-version'],
  read: readMessagesRequest,
  withModel: (body, model) => ({ ...body, model }),
  content: messagesContent,
  prefix: ({ system, messages: turns, tools }, leastTokens) => prefixOf({ system, turns, tools }, leastTokens),
  written: textOfMessage,
  turnIds: turnIdsOfMessages,
  withoutSignatures: withoutThinking,
  render: messagesRenderer,
  replay: (reply) => new MessageReplay(reply),
  overChat: messagesOverChat,
};
