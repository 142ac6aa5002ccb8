import { z } from 'zod';
import { plainText, timeSchema } from './common';
import { longPage, nextCursorSchema } from './report-queries';

/** `POST /auth/session`. */
export const signInSchema = z
  .strictObject({
    key: plainText(512).min(1).meta({ description: "An API key, or the administrator's key; it is not stored" }),
  })
  .meta({ id: 'SignIn', example: { key: 'sk-tg-Q2xvbm9uZS1vZi15b3VyLWJ1c2luZXNzLXJlYWxseQ' } });
export type SignIn = z.output<typeof signInSchema>;

const sessionExample = {
  id: 'session_01KAS9A1B2C3D4E5F6G7H8J9K0',
  key_id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
  key_name: 'platform operations',
  created_at: '2026-11-28T09:00:00.000Z',
  seen_at: '2026-11-28T09:12:00.000Z',
  ends_at: '2026-11-29T09:00:00.000Z',
  address: '10.1.4.7',
  agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
} as const;

export const sessionSchema = z
  .object({
    id: z.string(),
    key_id: z.string().meta({ description: 'The key of the sign-in; admin for the administrator’s key' }),
    key_name: z.string().nullable().meta({ description: 'The name of that key; null for the administrator’s key' }),
    created_at: timeSchema,
    seen_at: timeSchema.meta({ description: 'The last use, to the minute; eight hours later the session ends' }),
    ends_at: timeSchema.meta({ description: 'The latest end' }),
    address: z.string(),
    agent: z.string(),
  })
  .meta({ id: 'Session', example: sessionExample });
export type Session = z.output<typeof sessionSchema>;

/** `GET /admin/sessions`. */
export const listSessionsQuerySchema = z.strictObject(longPage);
export type ListSessionsQuery = z.output<typeof listSessionsQuerySchema>;

export const sessionListSchema = z
  .object({ data: z.array(sessionSchema), next_cursor: nextCursorSchema })
  .meta({ id: 'SessionList', example: { data: [sessionExample], next_cursor: null } });
export type SessionList = z.output<typeof sessionListSchema>;
