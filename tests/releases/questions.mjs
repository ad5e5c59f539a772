// What releases may answer differently, and what is done here.
import fs from 'node:fs';
import path from 'node:path';

const subscribe = (query) => ({ op: 'subscribe', requestId: 1, query: { className: 'Game', where: {}, ...query } });

/** Frames that a release may refuse. */
export const FRAMES = [
  { name: '`watch` in a subscription', frame: subscribe({ watch: ['a'] }), here: 'accepts it' },
  { name: '`keys` in a subscription', frame: subscribe({ keys: ['a'] }), here: 'accepts it' },
  { name: '`fields` in a subscription', frame: subscribe({ fields: ['a'] }), here: 'accepts it, as `keys`' },
  { name: '`update`', frame: { ...subscribe(), op: 'update' }, here: 'accepts it' },
  { name: '`query`', frame: { op: 'query', requestId: 1 }, here: 'refuses it' },
  { name: '`null` for a key', frame: { op: 'connect', applicationId: 'a', clientKey: null }, here: 'accepts it, as none' },
];

/** Options on which it depends what a client may ask or is shown. */
export const OPTIONS = [
  { of: 'RequestComplexityOptions', name: 'queryDepth', here: '`--max-depth`, none by default' },
  { of: 'RequestComplexityOptions', name: 'allowRegex', here: '`--allow-regex`, allowed by default' },
  { of: 'ParseServerOptions', name: 'protectedFieldsOwnerExempt', here: '`--protected-fields-owner-exempt`, exempt by default' },
];

/** Patterns of the ledger on which Nodes disagree. */
const ledger = fs.readFileSync(path.join(import.meta.dirname, '../data/ledger.jsonl'), 'utf8').trim().split('\n');
export const PATTERNS = ledger
  .map((line) => JSON.parse(line))
  .filter(({ node }) => node)
  .map(({ id, where, new: after, ours }) => ({
    name: id,
    pattern: where.s.$regex,
    flags: where.s.$options ?? '',
    text: after.s,
    here: ours.error ? 'refuses it' : ours.new ? 'matches' : 'does not match',
  }));
