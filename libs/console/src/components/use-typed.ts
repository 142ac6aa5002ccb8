import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const PAUSE_MS = 250;

/**
 * A text that stands in the address: the field has it at once, and the address after a pause, because the router takes longer
 * than a person to the next letter.
 *
 * @param address the text as the address has it
 * @param send changes the address
 * @returns the text as it is typed, and the function that takes what is typed
 */
export function useTyped(address: string, send: (text: string) => void): [string, (text: string) => void] {
  const [typed, setTyped] = useState(address);
  const sent = useRef(address);
  const sendLater = useDebouncedCallback((text: string) => {
    sent.current = text;
    send(text);
  }, PAUSE_MS);
  // The address was changed by something else, as by Back.
  useEffect(() => {
    if (address === sent.current) return;
    sent.current = address;
    setTyped(address);
  }, [address]);
  const type = (text: string) => {
    setTyped(text);
    sendLater(text);
  };
  return [typed, type];
}
