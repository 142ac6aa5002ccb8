import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { newId } from '../../common/ids';
import type { PageQuery } from '../../common/pages';
import { ChangeFeed } from '../../database/change-feed.service';
import { KeyFinder } from '../key-finder.service';
import { AdminKey } from '../admin-key.service';
import { ADMIN_KEY_ID, IDLE_MS, longestMs, type Session } from './session';
import { hashOfToken } from './session-directory.service';
import { type SessionRow, SessionsRepository } from './sessions.repository';

const TOKEN_BYTES = 32;
const LONGEST_AGENT = 256;

/** Where a sign-in comes from. */
export interface Origin {
  address: string;
  agent: string;
}

/** Starts and ends sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly keys: KeyFinder,
    private readonly adminKey: AdminKey,
    private readonly clock: Clock,
    private readonly changeFeed: ChangeFeed,
    private readonly alerts: AlertsService,
  ) {}

  /** The caller of a key, looked up where it is not in memory. @throws GatewayError `invalid_api_key` */
  async callerOf(keyText: string): Promise<Caller> {
    return this.keys.find(keyText) ?? (await this.keys.lookUp(keyText));
  }

  /** Starts a session of a caller. @returns its token, which is not stored */
  async start(caller: Caller, { address, agent }: Origin): Promise<{ token: string; session: Session }> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const createdAt = new Date(this.clock.now());
    const session: Session = {
      id: newId('session'),
      keyId: caller.keyId,
      createdAt,
      seenAt: createdAt,
      endsAt: new Date(createdAt.getTime() + longestMs(caller)),
      address,
      agent: agent.slice(0, LONGEST_AGENT),
    };
    const adminKeyHash = caller.keyId === ADMIN_KEY_ID ? this.adminKey.storedHash : null;
    await this.sessions.insert({ ...session, tokenHash: hashOfToken(token), adminKeyHash, teamId: caller.teamId });
    await this.changeFeed.announce('sessions');
    if (caller.keyId === ADMIN_KEY_ID) this.raiseAdminKeySignIn(session);
    return { token, session };
  }

  /** Raises an alert at each sign-in with the administrator's key. */
  private raiseAdminKeySignIn({ id, address, agent }: Session): void {
    this.alerts.raise({
      kind: 'admin_key_sign_in',
      severity: 'warning',
      dedupeKey: `admin_key_sign_in:${id}`,
      teamId: null,
      data: { session_id: id, address, agent },
    });
  }

  /** The open sessions, newest first: one more than the limit of the page. */
  async open(page: PageQuery): Promise<Session[]> {
    return (await this.sessions.open(this.clock.now(), IDLE_MS, page)).map(toSession);
  }

  /** Ends a session: at once on this instance, within a second on the others. @throws GatewayError `not_found` */
  async end(id: string, actor: string): Promise<void> {
    const ended = await this.sessions.end(id, actor);
    if (!ended) throw new GatewayError('not_found', { message: `There is no open session '${id}'.` });
    await this.changeFeed.announce('sessions');
  }
}

function toSession(row: SessionRow): Session {
  const { id, key_id: keyId, created_at: createdAt, seen_at: seenAt, ends_at: endsAt, address, agent } = row;
  return { id, keyId, createdAt, seenAt, endsAt, address, agent };
}
