import type { SpotlightActionGroupData } from '@mantine/spotlight';
import type { OpenPage } from '../routes/use-open-page';
import { useKeyActions } from './palette-keys';
import { useModelActions } from './palette-models';
import { useTeamActions } from './palette-teams';

/** Something that the palette finds besides pages. */
export interface PaletteSource {
  permission: string;
  /** A hook: the entries for what has been typed. */
  useActions(query: string, openPage: OpenPage): SpotlightActionGroupData;
}

/** One line for each of them: teams, models and keys. */
export const PALETTE_SOURCES: readonly PaletteSource[] = [
  { permission: 'teams:read', useActions: useTeamActions },
  { permission: 'models:read', useActions: useModelActions },
  { permission: 'keys:read', useActions: useKeyActions },
];
