import { useHotkeys } from '@mantine/hooks';
import { useCallback, useState } from 'react';

/** Whether the palette has been asked for: it is no part of the first page, and is loaded then. */
export function usePaletteOnDemand(): [isWanted: boolean, open: () => void] {
  const [isWanted, setWanted] = useState(false);
  const open = useCallback(() => {
    setWanted(true);
    void import('@mantine/spotlight').then(({ spotlight }) => spotlight.open());
  }, []);
  // Once it is there, it has the shortcut itself.
  useHotkeys(isWanted ? [] : [['mod+K', open]], []);
  return [isWanted, open];
}
