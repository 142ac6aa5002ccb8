import { z } from 'zod';

/** The largest file: 200 MiB. */
export const MAX_FILE_BYTES = 200 * 1024 * 1024;

const example = {
  id: 'file_01KAVG7R4M0Y3Q5T8W1Z6X2C9B',
  object: 'file',
  bytes: 41_233,
  created_at: 1_763_888_400,
  filename: 'questions.jsonl',
  purpose: 'batch',
  status: 'processed',
  expires_at: 1_766_480_400,
  gateway: { sha256: 'e11123c50e32aea51589c7d229834efdc17dccd8f900d6f380366ddff877431a' },
} as const;

/** How long a file is kept. @see https://platform.openai.com/docs/api-reference/files/create */
export const expiresAfterSchema = z
  .object({
    anchor: z.literal('created_at'),
    seconds: z.int().min(3_600).max(2_592_000).meta({ description: 'An hour to 30 days' }),
  })
  .meta({ id: 'ExpiresAfter', example: { anchor: 'created_at', seconds: 86_400 } });
export type ExpiresAfter = z.output<typeof expiresAfterSchema>;

/** A file's description. Times are Unix seconds. @see https://platform.openai.com/docs/api-reference/files/object */
export const fileSchema = z
  .object({
    id: z.string(),
    object: z.literal('file'),
    bytes: z.number().int(),
    created_at: z.number().int(),
    filename: z.string(),
    purpose: z.enum(['batch', 'batch_output']),
    status: z.literal('processed'),
    expires_at: z.number().int().optional().meta({
      description:
        'When it is deleted: 30 days after its creation, unless it or the gateway names another time. Absent if never.',
    }),
    gateway: z
      .object({ sha256: z.string().meta({ description: 'SHA-256 of the content, in hex, to check a download by.' }) })
      .optional(),
  })
  .meta({ id: 'File', example });
export type FileObject = z.output<typeof fileSchema>;

/** A page of files, newest first by default. */
export const fileListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(fileSchema),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  })
  .meta({
    id: 'FileList',
    example: { object: 'list', data: [example], has_more: false, first_id: example.id, last_id: example.id },
  });
export type FileList = z.output<typeof fileListSchema>;

export const fileDeletedSchema = z
  .object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'FileDeleted', example: { id: example.id, object: 'file', deleted: true } });
export type FileDeleted = z.output<typeof fileDeletedSchema>;

/** OpenAI's purposes, of which files here have two. @see https://platform.openai.com/docs/api-reference/files/list */
const LISTED_PURPOSES = [
  'batch',
  'batch_output',
  'assistants',
  'assistants_output',
  'evals',
  'fine-tune',
  'fine-tune-results',
  'user_data',
  'vision',
] as const;

/** `GET /v1/files`. Other members are ignored, as OpenAI's clients add some. */
export const listFilesQuerySchema = z.object({
  after: z
    .string()
    .regex(/^file_[0-9A-Z]+$/, 'must be the id of a file')
    .optional()
    .meta({ description: 'The id of the last file of the previous page.' }),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  order: z.enum(['asc', 'desc']).default('desc').meta({ description: 'By creation time.' }),
  purpose: z
    .enum(LISTED_PURPOSES)
    .optional()
    .meta({ description: 'Files here have `batch` or `batch_output`; a list by another purpose is empty.' }),
});
export type ListFilesQuery = z.output<typeof listFilesQuerySchema>;
