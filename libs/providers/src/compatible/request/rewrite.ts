import type { UpstreamCall } from '../../translator';
import { factsOf, type ModelFacts } from '../../models/model-facts';
import type { ModelRules, Quirks, Refusal, RequestRules } from '../quirks';
import { Draft } from './draft';
import { dropMembers, dropValues, placeTokenLimit, renameMembers } from './members';
import { placeMessages } from './messages';
import { isReasoningOff, placeEffort } from './reasoning-effort';
import { refuse } from './refusals';
import { placeSchema } from './response-format';
import { placeTools } from './tools';

/**
 * The request as the vendor takes it.
 *
 * @param label the vendor's name, for errors
 * @throws UnsupportedMemberError where the vendor lacks what the request asks for
 */
export function rewrite(call: UpstreamCall, rules: RequestRules, label: string): Draft {
  const { body, stream, upstreamModel } = call;
  const { whileReasoning, refused = [], dropped = [] } = rules;
  const more = whileReasoning && !isReasoningOff(body) ? whileReasoning : undefined;
  refuse(body, refused, label, upstreamModel);
  if (more?.refused) refuse(body, more.refused, label, upstreamModel);
  const draft = new Draft(body);
  placeEffort(draft, rules);
  placeSchema(draft, rules);
  placeTools(draft, rules, stream);
  renameMembers(draft, rules);
  dropMembers(draft, dropped);
  if (rules.droppedValues) dropValues(draft, rules.droppedValues);
  if (more?.dropped) dropMembers(draft, more.dropped);
  placeTokenLimit(draft, rules);
  placeMessages(draft, rules, call);
  return draft;
}

/** The rules for a model: those for all of the vendor's models, and those whose pattern its name has. */
export function rulesFor({ request, models = [], facts }: Quirks, model: string): RequestRules {
  const rules = writtenRules(models, model, request);
  return facts === undefined ? rules : withFacts(rules, factsOf(facts, model));
}

/**
 * What a model without a kind of input refuses. One without pictures takes no PDF either: its pages are read as pictures.
 *
 * @see https://platform.openai.com/docs/guides/pdf-files
 */
const LACKS: Readonly<Record<string, readonly Refusal[]>> = { image: ['pictures', 'files'], audio: ['audio input'] };

/** With what the sources of the catalogue say. A model of Responses alone takes its reasoning back as it wrote it. */
function withFacts(rules: RequestRules, { efforts, responsesOnly, lacks = [] }: ModelFacts): RequestRules {
  const refused = lacks.flatMap((kind) => LACKS[kind] ?? []);
  return {
    ...rules,
    ...(efforts && { reasoning: { style: 'reasoning_effort', levels: efforts } }),
    ...(responsesOnly && { responsesOnly, replay: undefined }),
    ...(refused.length > 0 && { refused: [...new Set([...(rules.refused ?? []), ...refused])] }),
  };
}

function writtenRules(models: readonly ModelRules[], model: string, request: RequestRules): RequestRules {
  return models
    .filter(({ match }) => match.test(model))
    .reduce<RequestRules>(
      (rules, more) => ({
        ...rules,
        ...more,
        dropped: [...(rules.dropped ?? []), ...(more.dropped ?? [])],
        refused: [...(rules.refused ?? []), ...(more.refused ?? [])],
      }),
      request,
    );
}
