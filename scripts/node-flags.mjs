/**
 * What Node is told wherever the gateway is started: by `npm start`, in the image and in the benchmark. Nearly everything that
 * a call allocates is garbage when it ends; with V8's own small young generation much of it is copied before, which is a sixth
 * of what a miss costs. Then so little is left to copy that threads which help with it cost more than they bring; a larger one
 * is not faster, and takes its size twice.
 */
export const NODE_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16', '--no-parallel-scavenge'];
