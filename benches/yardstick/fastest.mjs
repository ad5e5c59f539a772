// The time that some work takes in Node, once it is warm.

const SAMPLES = 9;
const SAMPLE_MS = 5;
const WARM_UP_MS = 100;

export const now = () => Number(process.hrtime.bigint());

/** The least nanoseconds of one run of some work. */
export function fastest(work) {
  const begin = now();
  let runs = 0;
  for (; now() - begin < WARM_UP_MS * 1e6; runs++) work();
  runs = Math.max(1, Math.ceil((runs * SAMPLE_MS) / WARM_UP_MS));
  let least = Infinity;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = now();
    for (let run = 0; run < runs; run++) work();
    least = Math.min(least, (now() - start) / runs);
  }
  return least;
}
