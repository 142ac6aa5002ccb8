import { pauseUnless } from './pause';

describe('pauseUnless', () => {
  it('ends at the abort, or at once if already aborted', async () => {
    const controller = new AbortController();
    const pause = pauseUnless(controller.signal, 60_000);
    controller.abort();
    await pause;
    await pauseUnless(controller.signal, 60_000);
  });

  it('ends after its time', async () => {
    await pauseUnless(new AbortController().signal, 1);
  });
});
