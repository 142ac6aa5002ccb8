/**
 * What the vendor documents of its models, written apart from the translator's own table: a fault in one of the two shows.
 *
 * @see https://ai.google.dev/gemini-api/docs/thinking
 */
export interface ModelFacts {
  isGemini3: boolean;
  levels: readonly string[];
  canBeOff: boolean;
  sampling: boolean;
}

const NO_SAMPLING = ['gemini-3.5-flash-lite', 'gemini-3.6-flash', 'gemini-3.7-flash', 'gemini-3.8-flash'];
const LEVELS: Readonly<Record<string, string[]>> = {
  'gemini-3-flash-preview': ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'],
  'gemini-3.1-pro-preview': ['LOW', 'MEDIUM', 'HIGH'],
  'gemini-3.5-flash': ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'],
  'gemini-3.8-flash': ['LOW', 'MEDIUM', 'HIGH'],
  'gemini-4-argon': ['LOW', 'MEDIUM', 'HIGH'],
  'gemini-4-hydrogen': ['LOW', 'MEDIUM', 'HIGH', 'XHIGH'],
};

export function factsOf(model: string): ModelFacts {
  return {
    isGemini3: /^gemini-[34]/.test(model),
    levels: LEVELS[model] ?? [],
    canBeOff: model === 'gemini-2.5-flash' || model === 'gemini-2.5-flash-lite',
    sampling: !NO_SAMPLING.includes(model),
  };
}
