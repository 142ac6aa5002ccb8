export const DESCRIPTION = `Server-sent events of what happens on all replicas, within about a second: \`batch\` when a batch has made progress, \`alert\` (as \`/admin/alerts\` shows it), \`request\` for each row of the ledger that has ended (as
\`/admin/requests\` shows it) and matches the filters, at most 500 a minute, and \`lagging\` where there were more, every 10 s at most:
load the list then.
A role sees what it sees in these lists. A comment comes every 15 s. The stream ends with \`end\` within a second of its session or
key, or when the gateway stops; \`EventSource\` then opens it again. With \`Last-Event-ID\` it begins with what came since, up to ten
minutes, where some events may come twice. A key may have 20 streams open at each process.`;

export const EXAMPLE = `: open

event: batch
id: 1763888460000
data: {"id":"batch_01KAVG9H2B7N4D6F8J0K3M5P7R","team_id":"team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE","key_id":"key_01KAS5N1V4R8X0Z2B6D9F3H5JK","status":"in_progress","request_counts":{"total":200,"completed":120,"failed":0},"cached":100,"list_cost_usd":"0.0262","cost_usd":"0.0022","saved_usd":"0.024","expires_at":"2025-11-24T09:00:00.000Z"}

`;
