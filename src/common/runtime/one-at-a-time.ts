/**
 * Work that never runs twice at once, as reading a state that is to replace an older one: of two that overlap, the first could
 * end last. Who asks while it runs gets the next run, which begins after this one and serves all who asked meanwhile.
 *
 * @param work rejects for all whom its run serves
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    const run = () => {
      next = undefined;
      return work();
    };
    next ??= running.then(run, run);
    // Each run waits for the one before it.
    running = next;
    return next;
  };
}
