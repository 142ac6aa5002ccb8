import { PEOPLE, TEAMS } from './company.mjs';
import { MODELS } from './models.mjs';
import { DRIFT, INVALIDATED, momentsOf } from './moments.mjs';
import { atWork, SEOUL_MS } from './history/calendar.mjs';
import { numbers } from './random.mjs';

const DAY_MS = 24 * 3_600_000;
/** The team that the gateway makes at its first start. */
const PLATFORM = 'team_platform';
const COUNTRY = { timezone: 'Asia/Seoul', currency: 'KRW', exchange_rate: { krw_per_usd: '1385.50', date: today() } };

/**
 * Makes teams, keys and people over the API, as an administrator does. What was done is to be moved to its day in the past:
 * `past` has the time of each action in milliseconds since 1970, by `action subject`.
 *
 * @returns `{teams, people, past, admin}`; teams and keys have their ids, keys their secrets
 */
export async function setUp(gateway, nowMs) {
  const past = new Map();
  const random = numbers(PEOPLE.length);
  const ago = (days, hour) => atWork(nowMs - days * DAY_MS, random, hour);
  const people = [];
  const makeKey = async (teamId, { name, role = 'member', madeAgo, rpm_limit, expiresIn }, by) => {
    const body = {
      name,
      role,
      ...(rpm_limit && { rpm_limit }),
      ...(expiresIn && { expires_at: new Date(nowMs + expiresIn * DAY_MS).toISOString() }),
    };
    const { id, key } = await gateway.call('POST', `/admin/teams/${teamId}/keys`, body, by);
    past.set(`key.created ${id}`, ago(madeAgo));
    return { id, secret: key };
  };
  for (const person of PEOPLE.filter(({ team }) => !team))
    people.push({ ...person, ...(await makeKey(PLATFORM, person)) });
  const admin = people[0].secret;
  const teams = [];
  for (const plan of TEAMS) {
    const { id } = await gateway.call('POST', '/admin/teams', { name: plan.name }, admin);
    past.set(`team.created ${id}`, ago(Math.max(...plan.keys.map(({ madeAgo }) => madeAgo)), 9));
    const keys = [];
    for (const key of plan.keys) keys.push({ ...key, ...(await makeKey(id, key, admin)) });
    teams.push({ ...plan, id, keys });
    for (const person of PEOPLE.filter(({ team }) => team === plan.name))
      people.push({ ...person, teamId: id, ...(await makeKey(id, person, admin)) });
  }
  await setCountry(gateway, admin, past, ago(34));
  return { teams, people, past, admin };
}

/** The company's time zone and currency. */
async function setCountry(gateway, admin, past, atMs) {
  await gateway.call('PUT', '/admin/settings', COUNTRY, admin);
  past.set('settings.updated', atMs);
}

/**
 * Lets the vendors answer once, then a vendor changes a model, and an administrator invalidates another one: both with all that
 * the gateway makes of it.
 *
 * @param vendors the stand-in of the vendors
 */
export async function changeModels(gateway, vendors, { teams, past, admin }, nowMs) {
  const { secret } = teams[0].keys[0];
  const ask = (model, content) =>
    gateway.call('POST', '/v1/chat/completions', { model, messages: [{ role: 'user', content }] }, secret);
  const chats = Object.keys(MODELS).filter((name) => !name.startsWith('text-embedding'));
  for (const model of chats) await ask(model, '첫 호출입니다.');
  for (let each = 0; each < 8; each += 1) await ask(INVALIDATED, `환불 규정 ${each}조를 요약해 주세요.`);
  await gateway.call('POST', '/admin/cache/invalidate', { model: INVALIDATED }, admin);
  const { invalidatedMs, driftMs } = momentsOf(nowMs);
  past.set(INVALIDATED, invalidatedMs);
  vendors.openai.setSnapshot(DRIFT.model, DRIFT.upstream);
  await ask(DRIFT.model, '오늘의 날씨를 알려 주세요.');
  past.set(DRIFT.model, driftMs);
}

/** Revokes the keys that were given up. */
export async function revokeKeys(gateway, { teams, past, admin }, nowMs) {
  for (const { id, until } of teams.flatMap(({ keys }) => keys).filter(({ until: ended }) => ended)) {
    await gateway.call('DELETE', `/admin/keys/${id}`, undefined, admin);
    past.set(
      `key.revoked ${id}`,
      atWork(nowMs - until * DAY_MS, () => 0.8),
    );
  }
}

/** @returns the day in Seoul, as `2026-11-28` */
function today() {
  return new Date(Date.now() + SEOUL_MS).toISOString().slice(0, 10);
}
