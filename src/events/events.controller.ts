import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerIdentity } from '../auth/caller-identity.service';
import { type Caller, CurrentCaller } from '../common/caller';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { type Permission, reachOf } from '../common/permissions';
import { EventHub } from '../event-hub/event-hub.service';
import { OVERLAP_MS, type Topic } from '../event-hub/event-source';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { EventStream } from './event-stream';
import { DESCRIPTION, EXAMPLE } from './events.docs';
import { OpenStreams } from './open-streams.service';

const NEEDED: Record<Topic, Permission> = { batches: 'batches:read', alerts: 'alerts:read', requests: 'requests:read' };
const DEFAULT_TOPICS: readonly Topic[] = ['batches', 'alerts'];
const LAST_EVENT_ID = 'last-event-id';
/** What is older is not sent again: the lists have it. */
const LONGEST_REPLAY_MS = 10 * 60_000;

@ApiTags('Events')
@ApiBearerAuth()
@Requires('events:read', 'query')
@Controller('admin/events')
export class EventsController {
  constructor(
    private readonly hub: EventHub,
    private readonly open: OpenStreams,
    private readonly identity: CallerIdentity,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Watch batches, alerts and calls', description: DESCRIPTION })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last event of a broken stream' })
  @ApiOkResponse({
    description: 'A stream of server-sent events.',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden', 'rate_limit_exceeded')
  async watch(
    @Query({ schema: contracts.eventsQuerySchema }) query: contracts.EventsQuery,
    @Headers(LAST_EVENT_ID) lastEventId: string | undefined,
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const topics = topicsFor(caller, query.topics);
    const since = this.sinceOf(lastEventId);
    const close = this.open.open(caller.keyId);
    const { sessionId } = request;
    // A key whose rights have changed opens its stream anew.
    const isWorking = () => this.identity.isWorking(caller, sessionId);
    const stream = new EventStream(reply.raw, topics, query, isWorking, () => this.clock.now());
    reply.hijack();
    // Who has left meanwhile sends no 'close' any more.
    if (reply.raw.destroyed) return close();
    reply.raw.once('close', () => {
      this.hub.remove(stream);
      close();
    });
    stream.begin(reply.getHeaders());
    await this.hub.add(stream, since);
  }

  /** @throws GatewayError `invalid_request` */
  private sinceOf(lastEventId: string | undefined): Date | undefined {
    if (lastEventId === undefined || lastEventId === '') return undefined;
    if (!/^\d{1,15}$/.test(lastEventId)) {
      const message = `'${LAST_EVENT_ID}' must be the id of an event of this stream.`;
      throw new GatewayError('invalid_request', { message, param: LAST_EVENT_ID });
    }
    return new Date(Math.max(Number(lastEventId) - OVERLAP_MS, this.clock.now() - LONGEST_REPLAY_MS));
  }
}

/** @throws GatewayError `forbidden` for a topic that the caller's role may not read */
function topicsFor({ role }: Caller, sent: readonly Topic[] | undefined): ReadonlySet<Topic> {
  const may = (topic: Topic) => reachOf(role, NEEDED[topic]) !== undefined;
  const denied = sent?.find((topic) => !may(topic));
  if (denied !== undefined) {
    const message = `'topics': ${denied} needs the permission ${NEEDED[denied]}, which the role ${role} does not have.`;
    throw new GatewayError('forbidden', { message, param: 'topics' });
  }
  return new Set(sent ?? DEFAULT_TOPICS.filter(may));
}
