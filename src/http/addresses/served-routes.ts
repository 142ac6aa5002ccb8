import { fits, nearestPattern } from './nearest-route';
import { unservedApi } from './openai-apis';

interface Route {
  method: string;
  /** The pattern's parts between slashes; a parameter begins with a colon. */
  segments: readonly string[];
}

/** The routes that the gateway serves, without the pages of the documentation. */
export class ServedRoutes {
  /** The first segments of the paths under `/v1`, as `models`. */
  readonly resources = new Set<string>();
  /** The paths of routes without parameters. */
  private readonly paths = new Set<string>();
  private readonly routes: Route[] = [];

  add(method: string, pattern: string): void {
    if (pattern.includes('*') || pattern.startsWith('/docs')) return;
    const segments = segmentsOf(pattern);
    this.routes.push({ method, segments });
    if (!pattern.includes(':')) this.paths.add(pattern);
    const [api, resource] = segments;
    if (api === 'v1' && resource !== undefined) this.resources.add(resource);
  }

  /** Whether a URL is the path of a route as the route has it, without a query. */
  isExact(url: string): boolean {
    return this.paths.has(url);
  }

  /** The methods that a path takes, sorted. */
  methodsOf(path: string): string[] {
    const segments = segmentsOf(path);
    const fitting = this.routes.filter((route) => fits(route.segments, segments));
    return [...new Set(fitting.map(({ method }) => method))].toSorted();
  }

  /** Which part of OpenAI's API a path means that the gateway does not serve, as a sentence without its end. */
  unservedApi(path: string): string | undefined {
    return unservedApi(segmentsOf(path), this.resources);
  }

  /** The route that a caller most likely means, as `GET /v1/files/{id}`; with the same method if there is one. */
  nearest(method: string, path: string): string | undefined {
    const routes = this.routes.filter((route) => route.method !== 'HEAD');
    const segments = segmentsOf(path);
    const sameMethod = routes.filter((route) => route.method === method);
    const route = nearestPattern(sameMethod, segments) ?? nearestPattern(routes, segments);
    return route && `${route.method} /${route.segments.map((part) => part.replace(/^:(.*)/, '{$1}')).join('/')}`;
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}
