import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useModelActions } from './palette-models';
import { useTeamActions } from './palette-teams';

/** Opens a page by its path below `/console`. */
export type OpenPage = (path: string, search?: Record<string, string>) => void;

/** Something that the palette finds besides pages. */
export interface PaletteSource {
  permission: string;
  /** A hook: the entries for what has been typed. */
  useActions(query: string, open: OpenPage): SpotlightActionGroupData;
}

/** One line for each: teams, keys, models. */
export const PALETTE_SOURCES: readonly PaletteSource[] = [
  { permission: 'teams:read', useActions: useTeamActions },
  { permission: 'models:read', useActions: useModelActions },
];
