// Do the engines give the same answers? Parse Server is the judge, except for the part of W2 that the other crates
// can express, where livematch is.

/** The differences between the engines, each a sentence, and how many answers were compared. */
export function compare({ answers }) {
  const differences = [];
  let compared = 0;
  for (const [name, ours] of Object.entries(answers)) {
    const judge = judgeOf(name);
    const theirs = answers[judge] ?? [];
    const common = Math.min(ours.length, theirs.length);
    compared += common;
    for (let i = 0; i < common; i++) {
      if (JSON.stringify(ours[i]) === JSON.stringify(theirs[i])) continue;
      differences.push(`${name} differs from ${judge} in answer ${i}`);
    }
    // Of W1 every matching object is an answer, so that a missing one is a difference.
    if (judge?.includes('/single/') && ours.length !== theirs.length) {
      differences.push(`${name} has ${ours.length} hits, ${judge} has ${theirs.length}`);
    }
  }
  return { differences, compared };
}

function judgeOf(name) {
  const [engine, ...workload] = name.split('/');
  const judge = workload[0] === 'equality' ? 'livematch' : 'node';
  return engine === judge ? undefined : [judge, ...workload].join('/');
}
