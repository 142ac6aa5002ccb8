/** What the vendor's pages say of a model, written apart from the gateway's own table. */
export interface ClaudeFacts {
  /** 4.7 and later refuse sampling, 4.6 and later prefill. */
  version: number;
  forcedTools: boolean;
  thinking: ReadonlySet<string>;
  thinksByDefault: boolean;
  /** Whether thinking is bound to the messages before it. */
  isBound: boolean;
  laterSystem: boolean;
}

const NAME = /^claude-(haiku|sonnet|opus|fable|mythos)-(\d)(?:-(\d))?(?:-\d{8})?$/;
const BOUND = /^claude-(?:(?:haiku|sonnet|opus)-5-5|(?:fable|mythos)-5-[12])$/;
const ALWAYS_THINKS = /^claude-(?:opus-5-5|fable|mythos)/;

/** @returns undefined for a model that the vendor does not have */
export function claudeFacts(model: string): ClaudeFacts | undefined {
  const match = NAME.exec(model);
  if (!match) return undefined;
  const [, line = '', major = '0', minor = '0'] = match;
  const version = Number(major) + Number(minor) / 10;
  return {
    version,
    forcedTools: !BOUND.test(model) || line === 'haiku',
    thinking: thinkingTypes(model, version),
    thinksByDefault: version >= 5,
    isBound: BOUND.test(model),
    laterSystem: version >= 4.8,
  };
}

function thinkingTypes(model: string, version: number): Set<string> {
  if (version <= 4.5) return new Set(['enabled', 'disabled']);
  if (version === 4.6) return new Set(['enabled', 'adaptive', 'disabled']);
  if (ALWAYS_THINKS.test(model)) return new Set(['adaptive']);
  return new Set(['adaptive', model === 'claude-sonnet-5-5' ? 'between_tools' : 'disabled']);
}

/** Whether a request lets its model think. */
export function thinks(body: any, facts: ClaudeFacts): boolean {
  const type: string | undefined = body.thinking?.type;
  return type === undefined ? facts.thinksByDefault : type !== 'disabled';
}
