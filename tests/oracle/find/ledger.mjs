// Which disagreements with the second judge are agreed on. Each rule has the name of entries in ../data/find/ledger.jsonl and
// says, as narrowly as it can, whether it explains one disagreement.

/** The rule that explains a disagreement, or null. */
export function explain(disagreement) {
  const rule = Object.entries(rules).find(([, explains]) => explains(disagreement));
  return rule ? rule[0] : null;
}

const isObject = value => typeof value === 'object' && value !== null;

function someMember(value, name) {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => key === name || someMember(inner, name));
}

const rules = {
  'pattern-not-translated': ({ where, ours }) => ours.error?.kind === 'unsupported-regex' && someMember(where, '$regex'),
  limit: ({ ours }) => ours.error?.kind === 'limit',
};
