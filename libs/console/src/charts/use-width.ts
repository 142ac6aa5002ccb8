import { type RefCallback, useCallback, useState } from 'react';

/** Before an element is measured, and where nothing is measured. */
const FIRST_WIDTH = 640;

/** The width of an element in whole pixels, also after it changes. */
export function useWidth(): [RefCallback<HTMLElement>, number] {
  const [width, setWidth] = useState(FIRST_WIDTH);
  const measure = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    setWidth(element.clientWidth || FIRST_WIDTH);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth || FIRST_WIDTH));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [measure, width];
}
