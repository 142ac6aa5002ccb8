import { HttpClient, type ThriftgateClientOptions } from './http-client';
import { Admin } from './resources/admin';
import { Batches } from './resources/batches';
import { ChatCompletions } from './resources/chat';
import { Embeddings } from './resources/embeddings';
import { Files } from './resources/files';
import { Health } from './resources/health';
import { OwnKey } from './resources/own-key';
import { Messages } from './resources/messages';
import { Models } from './resources/models';
import { Responses } from './resources/responses';
import { OwnSession } from './resources/sessions';
import { Usage } from './resources/usage';

/**
 * A client of the gateway, typed by its contracts. Member names are those of the API.
 *
 * @example
 * const client = new ThriftgateClient({ baseUrl: 'http://127.0.0.1:3000', apiKey: 'sk-tg-…' });
 * const completion = await client.chat.completions.create({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] });
 */
export class ThriftgateClient {
  readonly chat: { readonly completions: ChatCompletions };
  readonly messages: Messages;
  readonly responses: Responses;
  readonly embeddings: Embeddings;
  readonly models: Models;
  readonly files: Files;
  readonly batches: Batches;
  readonly key: OwnKey;
  readonly session: OwnSession;
  readonly usage: Usage;
  readonly admin: Admin;
  readonly health: Health;

  constructor(options: ThriftgateClientOptions) {
    const http = new HttpClient(options);
    this.chat = { completions: new ChatCompletions(http) };
    this.messages = new Messages(http);
    this.responses = new Responses(http);
    this.embeddings = new Embeddings(http);
    this.models = new Models(http);
    this.files = new Files(http);
    this.batches = new Batches(http, this.files);
    this.key = new OwnKey(http);
    this.session = new OwnSession(http);
    this.usage = new Usage(http);
    this.admin = new Admin(http);
    this.health = new Health(http);
  }
}
