// Clauses that take long for a change, by themselves or together, and the object that makes them do so.

const LETTERS = Array.from({ length: 1_024 }, (_, i) => String.fromCharCode(97 + ((i * 7) % 26))).join('');
const MEMBERS = Array.from({ length: 10_000 }, (_, i) => (i % 2 ? i : `t${i}`));

/** What every clause asks for, so that the change concerns it. */
const KIND = { kind: 'x' };

/** Each makes the clause of a subscription; no two are equal. */
export const DEAR = {
  'ten patterns with back-references': (n) => ({
    ...KIND,
    $or: Array.from({ length: 10 }, (_, i) => ({ text: { $regex: `([a-z]{1,60})[a-z]{1,60}\\1[0-9]{${1 + ((n * 10 + i) % 990)}}` } })),
  }),
  'fifty patterns of classes': (n) => ({
    ...KIND,
    $or: Array.from({ length: 50 }, (_, i) => ({ text: { $regex: `[a-z]{${10 + i},${60 + i}}[0-9]{2}x${n}` } })),
  }),
  'eighty lists that must have nothing of an array': (n) => ({
    ...KIND,
    $and: Array.from({ length: 80 }, (_, i) => ({ tags: { $nin: Array.from({ length: 20 }, (_, j) => `none ${n} ${i} ${j}`) } })),
  }),
};

/** An object that all of them look at from end to end. */
export const FIELDS = { ...KIND, text: LETTERS, tags: MEMBERS };
