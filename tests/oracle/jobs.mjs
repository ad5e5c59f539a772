// A run of random cases that several processes share.

import { fork } from 'node:child_process';

const PART = 'LIVE_RUN_PART'; // set in a process that does a share of the cases

/** Whether this process does a share of a run that another one has begun. */
export const isShare = process.env[PART] !== undefined;

/**
 * Does `run`, or, if `options.jobs` says so, has several processes of this program do a share of `options.count` cases each, all but the
 * first with their number added to the seed. `tally` has what all have counted then: numbers, and under `explained` numbers by name.
 */
export async function shared(program, options, tally, run) {
  const jobs = Math.min(Number(options.jobs), Number(options.count));
  if (jobs <= 1) return run();
  const parts = await Promise.all(Array.from({ length: jobs }, (_, job) => share(program, options, job, jobs)));
  for (const { explained, ...counts } of parts) {
    for (const [name, times] of Object.entries(counts)) tally[name] += times;
    for (const [id, times] of Object.entries(explained)) count(tally.explained, id, times);
  }
}

/** Counts under a name. */
export function count(counts, name, times = 1) {
  counts[name] = (counts[name] ?? 0) + times;
}

/** Runs a share of the cases in a process of its own; resolves to its tally. */
function share(program, { count: all, seed, profile, bin }, job, jobs) {
  const part = Math.floor(all / jobs) + (job < all % jobs ? 1 : 0);
  const own = job === 0 ? seed : `${seed}.${job}`;
  const args = ['--count', String(part), '--seed', own, '--profile', profile, '--bin', bin, '--jobs', '1'];
  const child = fork(program, args, { env: { ...process.env, [PART]: '1' } });
  return new Promise((resolve, reject) => {
    let counted = null;
    child.on('message', message => (counted = message));
    child.on('close', code => {
      if (counted) resolve(counted);
      else reject(new Error(`a share of the run ended with code ${code}`));
    });
  });
}

/** Tells the process that has begun the run what this one has counted. */
export function tell(tally) {
  process.send(tally, () => process.disconnect());
}
