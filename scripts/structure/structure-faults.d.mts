export function structureFaults(root: string): string[];
