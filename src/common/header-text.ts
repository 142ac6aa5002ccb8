/** A text that may stand in a header: upstreams choose names of models, and administrators those of providers. */
export function asHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
}
