import { pauseUnless } from './pause';

describe('pauseUnless', () => {
  it('ends with the abort, and at once after it', async () => {
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
