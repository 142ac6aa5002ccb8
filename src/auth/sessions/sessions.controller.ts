import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../../common/caller';
import { GatewayError } from '../../common/errors';
import { pageOf } from '../../common/pages';
import { GatewayConfig } from '../../config/gateway-config';
import { Public, Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { KeysService } from '../../keys/keys.service';
import { requireSameOrigin } from './same-origin';
import type { Session } from './session';
import { SessionCookie } from './session-cookie';
import { SessionsService } from './sessions.service';
import { SignInLimits } from './sign-in-limits.service';

const PATH_ID = { schema: contracts.pathIdSchema };

/** People sign in with a key, for the console and for Swagger UI. */
@ApiTags('Sessions')
@ApiErrors('internal_error', 'unavailable')
@Controller()
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly limits: SignInLimits,
    private readonly cookie: SessionCookie,
    private readonly config: GatewayConfig,
    private readonly keys: KeysService,
  ) {}

  @Post('auth/session')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Starts a session of the person who has the key, and sets its cookie, which counts under `/admin` only. The session ' +
      'ends with the key, after 8 hours without use, after 12 or 24 hours (with the administrator’s key after one), or by sign-out.',
  })
  @ApiOkResponse({ description: 'The session.', standardSchema: contracts.sessionSchema })
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden', 'rate_limit_exceeded')
  async signIn(
    @Body({ schema: contracts.signInSchema }) body: contracts.SignIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Session> {
    requireSameOrigin(request, this.config.publicUrl);
    this.cookie.requireSafe(request.headers);
    const address = request.ip;
    await this.limits.requireFew(address);
    const caller = await this.sessions.callerOf(body.key).catch(async (error: unknown) => {
      await this.limits.failed(address);
      throw error;
    });
    await this.limits.succeeded(caller.keyId);
    const { token, session } = await this.sessions.start(caller, {
      address,
      agent: request.headers['user-agent'] ?? '',
    });
    void reply.header('set-cookie', this.cookie.set(token));
    return toWire(session, await this.keys.names([session.keyId]));
  }

  @Delete('auth/session')
  @Requires('self:write', 'handler')
  @ApiOperation({ summary: 'Sign out', description: 'Ends the session of the cookie.' })
  @ApiOkResponse({ description: 'The session has ended.', standardSchema: contracts.deletedSchema })
  @ApiErrors('invalid_api_key', 'not_found')
  async signOut(
    @CurrentCaller() caller: Caller,
    @Req() { sessionId: id }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Deleted> {
    if (id === undefined) throw new GatewayError('not_found', { message: 'This request has a key and no session.' });
    await this.sessions.end(id, caller.keyId);
    void reply.header('set-cookie', this.cookie.clear());
    return { id, deleted: true };
  }

  @Get('admin/sessions')
  @ApiBearerAuth()
  @Requires('sessions:read')
  @ApiOperation({ summary: 'List open sessions', description: 'Who is signed in, newest first.' })
  @ApiOkResponse({ description: 'The sessions.', standardSchema: contracts.sessionListSchema })
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
  async list(
    @Query({ schema: contracts.listSessionsQuerySchema }) query: contracts.ListSessionsQuery,
  ): Promise<contracts.SessionList> {
    const sessions = await this.sessions.open(query);
    const names = await this.keys.names([...new Set(sessions.map(({ keyId }) => keyId))]);
    const shown = sessions.map((session) => toWire(session, names));
    return pageOf(shown, query.limit);
  }

  @Delete('admin/sessions/:id')
  @ApiBearerAuth()
  @Requires('sessions:end')
  @ApiOperation({ summary: 'End a session', description: 'At once; on other replicas within a second.' })
  @ApiOkResponse({ description: 'The session has ended.', standardSchema: contracts.deletedSchema })
  @ApiErrors('invalid_api_key', 'forbidden', 'not_found')
  async end(@Param('id', PATH_ID) id: string, @CurrentCaller() caller: Caller): Promise<contracts.Deleted> {
    await this.sessions.end(id, caller.keyId);
    return { id, deleted: true };
  }
}

function toWire(session: Session, names: ReadonlyMap<string, string>): contracts.Session {
  return {
    id: session.id,
    key_id: session.keyId,
    key_name: names.get(session.keyId) ?? null,
    created_at: session.createdAt.toISOString(),
    seen_at: session.seenAt.toISOString(),
    ends_at: session.endsAt.toISOString(),
    address: session.address,
    agent: session.agent,
  };
}
