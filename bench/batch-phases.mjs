/** How long the parts of a batch take, and how much processor time. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cpuSeconds } from './processes.mjs';

export const inSeconds = ({ seconds, cpu }) => `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of processors`;

/** Processor time of the gateway and of PostgreSQL's processes, in seconds. @param postgres undefined for the embedded database */
export function cpuOf(gateway, postgres) {
  const own = cpuSeconds(gateway.pid);
  return postgres ? own + postgresCpu(postgres.url) : own;
}

/** Of the postmaster's children that run, and of those that have ended. */
function postgresCpu(url) {
  const port = new URL(url).port;
  let total = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const line = textOf(`/proc/${pid}/cmdline`);
    if (!line.includes('postgres') || !line.includes(`\0${port}\0`)) continue;
    const children = textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
    const fields = textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
    if (children.length === 0) continue;
    total += (Number(fields[13]) + Number(fields[14])) / 100;
    for (const child of [pid, ...children]) total += textOf(`/proc/${child}/stat`) === '' ? 0 : cpuSeconds(child);
  }
  return total;
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** How long the parts of a batch take, by the times in its row, which the API does not show. */
export async function phases(gateway, postgres, id) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const row = async () =>
    (
      await client.query(
        `SELECT planned_at, finalizing_at, completed_at, extract(epoch FROM planned_at - in_progress_at)::float AS planned,
          extract(epoch FROM completed_at - finalizing_at)::float AS written,
          extract(epoch FROM finalizing_at - planned_at)::float AS native
        FROM batches WHERE id = $1`,
        [id],
      )
    ).rows[0];
  const cpu = [cpuOf(gateway, postgres)];
  for (const member of ['planned_at', 'finalizing_at', 'completed_at']) {
    while ((await row())[member] === null) await sleep(20);
    cpu.push(cpuOf(gateway, postgres));
  }
  const { planned, native, written } = await row();
  await client.end();
  const between = (at) => cpu[at + 1] - cpu[at];
  return {
    planned: { seconds: planned, cpu: between(0) },
    native: { seconds: native, cpu: between(1) },
    written: { seconds: written, cpu: between(2) },
  };
}
