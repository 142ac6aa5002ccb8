/** What follows an act of a button. */
export interface FollowUp<Answer> {
  /** What it has done, in words. */
  done?: ((answer: Answer) => string) | undefined;
  /** Leaves what the act has removed: before the reload, after which its button is gone. */
  leave?: (() => Promise<void> | void) | undefined;
  /** The keys of what is loaded again afterwards. */
  reload: readonly string[];
}

/** Leaves, loads again and says what was done, in this order. */
export async function followUp<Answer>(
  answer: Answer,
  { done, leave, reload }: FollowUp<Answer>,
  load: (key: string) => Promise<void>,
  say: (message: string) => void,
): Promise<void> {
  await leave?.();
  await Promise.all(reload.map(load));
  if (done) say(done(answer));
}
