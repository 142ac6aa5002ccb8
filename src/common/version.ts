/** The version in package.json: in the OpenAPI document, and in the `User-Agent` that upstreams get. */
export const VERSION = '0.1.0';
