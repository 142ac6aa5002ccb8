const IDS = / \((?:team|key)_[0-9A-Z]{26}\)/g;

/** The text of an alert with the names of teams and keys alone: in a list their ids take a line each. */
export const withoutIds = (text: string): string => text.replace(IDS, '');
