/** The name of the endpoint, by which vendors that have this API themselves list their translator. */
export const MESSAGES = 'messages';
