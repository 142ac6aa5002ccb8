import type { AdminEvents, EventTopic } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { namedEvents } from '../text-lines';
import type { RequestsQuery } from './requests';

/** An event with its name, and the id from which a stream that breaks off goes on. */
export type AdminEvent = {
  [Name in keyof AdminEvents]: { event: Name; data: AdminEvents[Name]; id: string | undefined };
}[keyof AdminEvents];

/** Which events; the filters of rows count for the topic `requests` alone. */
export interface EventsQuery extends Omit<RequestsQuery, 'request_id' | 'from' | 'to' | 'sort' | 'limit' | 'cursor'> {
  topics?: readonly EventTopic[];
}

/** `/admin/events`. */
export class Events {
  constructor(private readonly http: HttpClient) {}

  /**
   * What happens, as it happens; leaving the loop closes the stream. It ends where the gateway ends it.
   *
   * @param lastEventId the `id` of the last event of a stream that broke off
   */
  async *watch(
    query: EventsQuery = {},
    { lastEventId, ...options }: CallOptions & { lastEventId?: string } = {},
  ): AsyncGenerator<AdminEvent, void, undefined> {
    const headers = { ...options.headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const response = await this.http.send('GET', '/admin/events', { ...options, headers, query: { ...query } });
    for await (const { event, data, id } of namedEvents(response.body ?? new ReadableStream()))
      yield { event, data: JSON.parse(data), id } as AdminEvent;
  }
}
