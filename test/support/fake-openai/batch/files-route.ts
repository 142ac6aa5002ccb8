import { randomBytes } from 'node:crypto';
import { type Exchange, invalidRequest } from '../exchange';

/** OpenAI's file object. @see https://platform.openai.com/docs/api-reference/files/object */
export interface FileObject {
  id: string;
  object: 'file';
  bytes: number;
  created_at: number;
  expires_at: number | null;
  filename: string;
  purpose: string;
  status: 'processed';
  status_details: null;
}

interface StoredFile {
  object: FileObject;
  content: Buffer;
}

export class FilesRoute {
  private readonly files = new Map<string, StoredFile>();

  /** Stores a file under a new id. */
  add(content: Buffer, filename: string, purpose: string): FileObject {
    const object: FileObject = {
      id: `file-${randomBytes(11).toString('hex')}`,
      object: 'file',
      bytes: content.length,
      created_at: Math.floor(Date.now() / 1000),
      expires_at: null,
      filename,
      purpose,
      status: 'processed',
      status_details: null,
    };
    this.files.set(object.id, { object, content });
    return object;
  }

  content(id: string): Buffer | undefined {
    return this.files.get(id)?.content;
  }

  reset(): void {
    this.files.clear();
  }

  /** Serves `/v1/files`; `parts` is the path behind it. */
  async handle(exchange: Exchange, parts: string[], query: URLSearchParams): Promise<void> {
    const method = exchange.request.method ?? 'GET';
    const [id, action] = parts;
    if (id === undefined) {
      if (method === 'POST') return this.upload(exchange);
      return this.list(exchange, query);
    }
    const file = this.files.get(id);
    if (!file) return exchange.error(404, invalidRequest(`No such File object: ${id}`, 'id'));
    if (action === 'content') return exchange.send(200, 'application/octet-stream', file.content);
    if (method === 'DELETE') {
      this.files.delete(id);
      return exchange.json(200, { object: 'file', deleted: true, id });
    }
    await exchange.json(200, file.object);
  }

  private async upload(exchange: Exchange): Promise<void> {
    const form = await readForm(exchange);
    const file = form?.get('file');
    const purpose = form?.get('purpose');
    if (typeof purpose !== 'string') {
      return exchange.error(
        400,
        invalidRequest("Missing required parameter: 'purpose'.", 'purpose', 'missing_required_parameter'),
      );
    }
    if (!file || typeof file === 'string') {
      return exchange.error(
        400,
        invalidRequest("Missing required parameter: 'file'.", 'file', 'missing_required_parameter'),
      );
    }
    await exchange.json(200, this.add(Buffer.from(await file.arrayBuffer()), file.name, purpose));
  }

  private async list(exchange: Exchange, query: URLSearchParams): Promise<void> {
    const purpose = query.get('purpose');
    const all = [...this.files.values()].map(({ object }) => object).toReversed();
    await exchange.json(200, page(purpose === null ? all : all.filter((object) => object.purpose === purpose), query));
  }
}

async function readForm(exchange: Exchange): Promise<FormData | undefined> {
  const contentType = exchange.request.headers['content-type'] ?? '';
  if (!contentType.startsWith('multipart/form-data')) return undefined;
  try {
    return await new Response(exchange.rawBody, { headers: { 'content-type': contentType } }).formData();
  } catch {
    return undefined;
  }
}

/** One page of a list by `after` and `limit`, as in OpenAI's API. */
export function page<T extends { id: string }>(all: T[], query: URLSearchParams): object {
  const limit = Number(query.get('limit') ?? 20);
  const after = query.get('after');
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const data = all.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < all.length,
  };
}
