/** What streams may have; a name of each is in the query of `GET /admin/events`. */
export type Topic = 'batches' | 'alerts' | 'requests';

/** Clocks of replicas differ by so much at most, and transactions take so long at most, in milliseconds. */
export const OVERLAP_MS = 10_000;

/** Something that happened. */
export interface HubEvent {
  topic: Topic;
  /** The name of the event on the wire. */
  name: 'batch' | 'alert' | 'request';
  /** Null for what concerns all teams. */
  teamId: string | null;
  keyId: string | null;
  data: object;
}

/** Some events in order. @property cut whether there were more than these */
export interface EventPage {
  events: HubEvent[];
  cut: boolean;
}

/**
 * Where the events of a topic come from. A source reads what the database has, so it has what all replicas did. It is asked only
 * while a stream has its topic.
 */
export interface EventSource {
  readonly topic: Topic;
  /** From now on {@link poll} finds what is new. */
  begin(): Promise<void>;
  /** What is new since the last time. */
  poll(): Promise<EventPage>;
  /** What happened since a time, for a stream that was broken off: events may come that it has had. */
  replay(since: Date): Promise<EventPage>;
}
