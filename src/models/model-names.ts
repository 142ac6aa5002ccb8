import { nearMiss } from '@thriftgate/contracts';
import { ENVIRONMENT_VENDORS } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import type { CatalogueModel } from '../pricing/catalogue';
import type { Model } from './model';

const MAX_SHOWN = 200;
/** The variables with the keys of vendors whose own API this version does not speak, where they have another name. */
const VARIABLES: Record<string, string> = { cohere_chat: 'COHERE_API_KEY' };
/** The variables of the others, by the vendors' names. */
const SPOKEN = new Map<string, string>(ENVIRONMENT_VENDORS.map(({ name, keyVariable }) => [name, keyVariable]));

type Catalogue = ReadonlyMap<string, CatalogueModel>;
type Models = ReadonlyMap<string, Model>;

/**
 * The model that a name with a vendor's prefix stands for: `openai/gpt-4.1` is `gpt-4.1` where that is served by the provider, or
 * is a model of the vendor. Undefined where the prefix is another one's.
 */
export function withoutVendor(name: string, models: Models, catalogue: Catalogue): Model | undefined {
  const slash = name.indexOf('/');
  if (slash < 0) return undefined;
  const vendor = name.slice(0, slash).toLowerCase();
  const model = models.get(name.slice(slash + 1));
  if (!model) return undefined;
  const isVendor = catalogue.get(model.family)?.vendor === vendor;
  return isVendor || model.deployments.every(({ provider }) => provider === vendor) ? model : undefined;
}

/** The error for a model that is not served: what it was most likely meant to be, or which key is missing. */
export function modelNotFound(name: string, models: Models, catalogue: Catalogue, param = 'model'): GatewayError {
  const shown = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name;
  const message = `This gateway does not serve a model "${shown}". ${adviceFor(name, models, catalogue)}`;
  return new GatewayError('model_not_found', { message, param });
}

function adviceFor(name: string, models: Models, catalogue: Catalogue): string {
  const known = catalogue.get(name) ?? catalogue.get(name.slice(name.indexOf('/') + 1));
  if (known && !models.has(known.name)) return missingKey(known);
  const served = nearMiss(name, models.keys()) ?? nearMiss(name.slice(name.lastIndexOf('/') + 1), models.keys());
  if (served !== undefined) return `Did you mean "${served}"? GET /v1/models lists the models it serves.`;
  const unserved = catalogue.get(nearMiss(name, catalogue.keys()) ?? '');
  if (unserved) return `Did you mean "${unserved.name}"? ${missingKey(unserved)}`;
  const sibling = ofSameLine(name, catalogue);
  if (sibling && ![...models.values()].some(({ family }) => family === sibling.upstreamModel))
    return missingKey(sibling, 'It looks like');
  return 'GET /v1/models lists the models it serves.';
}

/** A chat model whose name begins with the same word, as `claude-`. */
function ofSameLine(name: string, catalogue: Catalogue): CatalogueModel | undefined {
  const line = /^[a-z]{3,}-/.exec(name.toLowerCase())?.[0];
  if (line === undefined) return undefined;
  return [...catalogue.values()].find((model) => model.mode === 'chat' && model.name.startsWith(line));
}

function missingKey({ name, vendor, mode }: CatalogueModel, itIs = 'It is'): string {
  if (mode !== 'chat') return `"${name}" is a model for ${mode}, which this gateway does not offer.`;
  const spoken = SPOKEN.get(vendor);
  const variable = spoken ?? VARIABLES[vendor] ?? `${vendor.toUpperCase()}_API_KEY`;
  return spoken !== undefined
    ? `${itIs} a model of ${vendor}, whose key is missing: set ${variable}.`
    : `${itIs} a model of ${vendor} (${variable}), whose own API this version does not speak: declare an OpenAI-compatible ` +
        'server that has it in gateway.yaml.';
}
