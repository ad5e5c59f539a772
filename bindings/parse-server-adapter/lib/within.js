'use strict';

/** A promise that resolves after some time, unless it is cleared. */
function deadline(ms) {
  let timer;
  const passed = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return { passed, clear: () => clearTimeout(timer) };
}

/** What a promise resolves to, or an error if that takes too long. What becomes of it later concerns nobody. */
async function within(ms, promise) {
  const { passed, clear } = deadline(ms);
  const late = passed.then(() => Promise.reject(new Error(`no answer within ${ms} ms`)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clear();
  }
}

module.exports = { deadline, within };
