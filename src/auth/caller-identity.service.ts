import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { GatewayConfig } from '../config/gateway-config';
import { KeyFinder } from './key-finder.service';
import { presentedKey } from './presented-key';
import { requireSameOrigin } from './sessions/same-origin';
import { SessionCookie } from './sessions/session-cookie';
import { SessionDirectory, type SignedIn } from './sessions/session-directory.service';

const HOW_TO = 'Send it as "Authorization: Bearer sk-tg-…"; the headers x-api-key and api-key work too.';
const SIGN_IN_AGAIN = 'The session has ended. Sign in again.';

/** The routes where a session counts. Under `/v1` a page of another site could spend money with it. */
const SESSION_ROUTES = /^\/(admin|auth)\//;

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the request; undefined with a key. */
    sessionId?: string;
    /** The latest end of that session. */
    sessionEndsAt?: Date;
  }
}

/** Says who sent a request: the caller of its key, or under `/admin` of its session's key. */
@Injectable()
export class CallerIdentity {
  constructor(
    private readonly keys: KeyFinder,
    private readonly sessions: SessionDirectory,
    private readonly cookie: SessionCookie,
    private readonly config: GatewayConfig,
  ) {}

  /**
   * Identifies the caller and sets `request.caller`: at once for a key in memory, after a look-up for an unknown one.
   *
   * @throws GatewayError `invalid_api_key`; `forbidden` for a change with a session that comes from another site
   */
  identify(request: FastifyRequest, reply: FastifyReply): Caller | Promise<Caller> {
    const { caller: earlier, sessionId } = request;
    // Looked up before the body was read: the key must still work, and has its present rights.
    const present = earlier && sessionId === undefined ? this.keys.working(earlier.keyId) : undefined;
    if (present) return (request.caller = present);
    const presented = presentedKey(request.headers);
    if (presented.kind === 'key') {
      const caller = this.keys.find(presented.text);
      return caller ? (request.caller = caller) : this.lookUpKey(presented.text, request, reply);
    }
    if (presented.kind === 'malformed') throw refusal(reply, `The Authorization header is malformed. ${HOW_TO}`);
    const token = SESSION_ROUTES.test(request.routeOptions.url ?? '') ? this.cookie.read(request.headers) : undefined;
    if (token === undefined) throw refusal(reply, `You did not provide an API key. ${HOW_TO}`);
    requireSameOrigin(request, this.config.publicUrl);
    const known = this.sessions.find(token);
    return known ? signIn(request, known) : this.lookUpSession(token, request, reply);
  }

  /** Whether a caller still has its session or key, with the same rights. */
  isWorking({ keyId, role, teamId }: Caller, sessionId: string | undefined): boolean {
    if (sessionId !== undefined && !this.sessions.isWorking(sessionId)) return false;
    const present = this.keys.working(keyId);
    return present?.role === role && present.teamId === teamId;
  }

  private async lookUpKey(keyText: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    try {
      return (request.caller = await this.keys.lookUp(keyText));
    } catch (error) {
      void reply.header('www-authenticate', 'Bearer');
      throw error;
    }
  }

  private async lookUpSession(token: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const found = await this.sessions.lookUp(token);
    if (!found) throw refusal(reply, SIGN_IN_AGAIN);
    return signIn(request, found);
  }
}

function signIn(request: FastifyRequest, { caller, sessionId, endsAt }: SignedIn): Caller {
  request.sessionId = sessionId;
  request.sessionEndsAt = endsAt;
  return (request.caller = caller);
}

function refusal(reply: FastifyReply, message: string): GatewayError {
  void reply.header('www-authenticate', 'Bearer');
  return new GatewayError('invalid_api_key', { message });
}
