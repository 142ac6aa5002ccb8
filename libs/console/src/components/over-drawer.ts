import { createContext, useCallback, useContext, useEffect, useState } from 'react';

type Cover = () => () => void;

/** What a dialog tells the drawer around it: that it is open, until the returned function is called. */
export const OverDrawerContext = createContext<Cover>(() => () => undefined);

/** Counts the dialogs that are open over a drawer. */
export function useCovers(): [isCovered: boolean, cover: Cover] {
  const [count, setCount] = useState(0);
  const cover = useCallback(() => {
    setCount((before) => before + 1);
    // Only after the key that has closed the dialog: the drawer would hear it, too.
    return () => void setTimeout(() => setCount((before) => before - 1));
  }, []);
  return [count > 0, cover];
}

/** Tells the drawer around a dialog whether the dialog is open. */
export function useOverDrawer(isOpen: boolean): void {
  const cover = useContext(OverDrawerContext);
  useEffect(() => (isOpen ? cover() : undefined), [isOpen, cover]);
}
