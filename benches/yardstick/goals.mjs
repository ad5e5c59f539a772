// Every goal beside what was measured: rows of {what, goal, measured, met}, where `met` is null if it was not run.

import { bytes, count, one, time, times } from './format.mjs';

export const SIZES = [1_000, 10_000, 100_000, 1_000_000];

/** Microseconds for a change, and how many times as fast as Node's loop, by the number of queries. */
const MEDIANS = { 1_000: [4, 70], 10_000: [6, 600], 100_000: [8, 6_500], 1_000_000: [12, 50_000] };

/** What a match may cost in the worst cases, in nanoseconds. */
const MATCH = 500;
/** What a change may cost with a million ranges that overlap. */
const UNSELECTIVE = 2e6;

const us = 1e3;
const ms = 1e6;
const s = 1e9;

function row(what, goal, measured, met, ...needed) {
  const run = needed.every(number => !Number.isNaN(number));
  return { what, goal, measured: run ? measured : 'not run', met: run ? met : null };
}

/** A number that may be so large at most. */
const atMost = (what, most, value, format) =>
  row(what, `at most ${format(most)}`, format(value), value <= most, value);

/** A ratio that must be so large at least. */
const atLeast = (what, least, ratio, note = '') =>
  row(what, `at least ${times(least)}`, times(ratio) + note, ratio >= least, ratio);

const geometricMean = list => Math.exp(list.reduce((sum, x) => sum + Math.log(x), 0) / list.length);

/** Ratios of two sorts of measurements, query by query, the lowest first. */
function ratios(m, theirs, ours) {
  const list = m.under(ours).filter(name => m.has(theirs + name));
  return list
    .map(name => ({ name, ratio: m.best(theirs + name) / m.best(ours + name) }))
    .sort((a, b) => a.ratio - b.ratio);
}

const mean = list => (list.length ? geometricMean(list.map(({ ratio }) => ratio)) : NaN);
const first = list => list[0] ?? { name: '?', ratio: NaN };

// One query at a time (W1), and from a message (W3).

function singleGoals(m) {
  const object = ratios(m, 'node/single/', 'livematch/single/object/');
  const value = ratios(m, 'node/single/', 'livematch/single/value/');
  const guarded = first(ratios(m, 'node/guarded/', 'livematch/single/object/'));
  const slower = ratios(m, 'livematch/single/by_hand/', 'livematch/single/value/');
  const hand = { ...first(slower), ratio: 1 / first(slower).ratio };
  const members = object.find(({ name }) => name === 'in_1000')?.ratio ?? NaN;
  const worst = first(object);
  return [
    atLeast('each query on `Object`, against Node', 1, worst.ratio, ` (${worst.name})`),
    atLeast('all queries on `Object`, against Node, geometric mean', 8, mean(object)),
    atLeast('all queries on `Value`, against Node, geometric mean', 3, mean(value)),
    atLeast('`$in` of 1,000, against Node', 30, members),
    atLeast('patterns, against Node with its guard', 400, guarded.ratio, ` (${guarded.name})`),
    row('on `Value`, against a closure by hand', 'at most 1.5x', `${times(hand.ratio)} (${hand.name})`, hand.ratio <= 1.5, hand.ratio),
    ...fillGoals(m),
    messageGoal(m, 'message to the answer of one query', 0.4, 'one_query'),
  ];
}

/** What reading the bytes is may be understood in two ways: all that is in them, or no more than where they end. */
function fillGoals(m) {
  const fill = what => m.best(`livematch/single/fill/${what}`);
  const beyond = (what, reading) =>
    atMost(`filling an \`Object\` of 24 fields, beyond ${what}`, us, fill('named') - fill(reading), time);
  return [beyond('`serde_json` reading the bytes to a `Value`', 'value'), beyond('`serde_json` skipping the bytes', 'ignored')];
}

function messageGoal(m, what, most, which) {
  const [ours, value] = [m.best(`livematch/messages/${which}`), m.best('livematch/messages/value')];
  const measured = `${times(ours / value)} (${time(ours)})`;
  return row(what, `at most ${most}x of \`serde_json\` to a \`Value\``, measured, ours / value <= most, ours, value);
}

// Many queries (W2).

function manyGoals(m) {
  return SIZES.flatMap(size => sizeGoals(m, size)).concat(growthGoals(m));
}

const livematch = (m, size, what) => m.best(`livematch/many/${size}/${what}`);

function sizeGoals(m, size) {
  const [most, least] = MEDIANS[size];
  const median = livematch(m, size, 'change/median');
  const loop = m.best(`node/many/${size}/change/median`);
  const spread = livematch(m, size, 'change/p99') / median;
  const matches = livematch(m, size, 'matches');
  const queries = `${count(size)} queries`;
  return [
    row(`${queries}: a change, median`, `at most ${most} µs`, `${time(median)} for ${one(matches)} matches`, median <= most * us, median),
    atLeast(`${queries}: against Node's loop`, least, loop / median, ` (${time(loop)})`),
    row(`${queries}: 99th percentile`, 'at most 5x of the median', times(spread), spread <= 5, spread),
  ];
}

function growthGoals(m) {
  const million = what => livematch(m, 1_000_000, what);
  const growth = million('change/median') / livematch(m, 10_000, 'change/median');
  return [
    row('a change, from 10,000 to 1,000,000 queries', 'at most 2x', times(growth), growth <= 2, growth),
    atMost('memory of the process for a query', 300, million('resident_per_query'), bytes),
    atMost('inserting, mean', 5 * us, million('insert/mean'), time),
    atMost('inserting, longest', 10 * ms, million('insert/max'), time),
    atMost('removing, mean', 5 * us, million('remove/mean'), time),
    atMost('compiling and inserting 1,000,000', 6 * s, million('compile_and_insert_all'), time),
    atMost('one more subscriber of an equal query, memory', 16, m.best('livematch/equal/resident'), bytes),
    atMost('one more subscriber of an equal query, time', 3, m.best('livematch/equal/time'), time),
    messageGoal(m, 'message to the hits of 100,000 queries', 1.2, 'set'),
  ];
}

// Other crates, on the queries of W2 that ask for equality only.

/** Which form of the object each crate takes, so that livematch is timed from the same. */
const PEERS = { quamina: 'bytes', 'a-tree': 'change' };

function peerGoals(m) {
  return SIZES.flatMap(size => Object.keys(PEERS).map(peer => peerGoal(m, size, peer)));
}

function peerGoal(m, size, peer) {
  const what = `equality only, ${count(size)}: against ${peer}`;
  const goal = 'ahead in time, memory, insertion';
  const failure = m.failures[`${peer}/equality/${size}`];
  const ours = name => m.best(`livematch/equality/${size}/${name}`);
  if (failure && !Number.isNaN(ours('insert/mean'))) return { what, goal, measured: failure, met: true };
  const theirs = name => m.best(`${peer}/equality/${size}/${name}`);
  // Their insertion takes text.
  const insertion = ours('compile/mean') + ours('insert/mean');
  const sides = [
    [theirs('change/median'), ours(`${PEERS[peer]}/median`), time],
    [theirs('resident_per_query'), ours('resident_per_query'), bytes],
    [theirs('insert/mean'), insertion, time],
  ];
  const measured = sides.map(([a, b, format]) => `${times(a / b)} (${format(b)}, ${format(a)})`);
  return row(what, goal, measured.join('; '), sides.every(([a, b]) => b < a), ...sides.flatMap(([a, b]) => [a, b]));
}

// Worst cases.

function worstGoals(m) {
  const names = new Set(m.under('livematch/worst/').map(name => name.split('/')[0]));
  return [...names].map(name => worstGoal(m, name)).concat(churnGoal(m));
}

/** Twice what the workload of that size costs and what the matches do. */
function allowed(m, size, matches) {
  const like = SIZES.find(one => one >= size);
  const measured = livematch(m, like, 'change/median');
  const median = Number.isNaN(measured) ? MEDIANS[like][0] * us : measured;
  return 2 * (median + matches * MATCH);
}

function worstGoal(m, name) {
  const of = what => m.best(`livematch/worst/${name}/${what}`);
  const most = name === 'unselective_ranges' ? UNSELECTIVE : allowed(m, of('queries'), of('matches'));
  return worstRow(`worst case: ${name}, ${count(of('queries'))} queries`, most, of('change/mean'), of('matches'));
}

function churnGoal(m) {
  const of = what => m.best(`livematch/churn/100000/${what}`);
  const most = allowed(m, 100_000, of('matches'));
  return worstRow('worst case: half of 100,000 queries replaced meanwhile', most, of('change/mean'), of('matches'));
}

function worstRow(what, most, mean, matches) {
  const measured = `${time(mean)} for ${one(matches)} matches`;
  return row(what, `at most ${time(most)}`, measured, mean <= most, mean, matches);
}

// The `find` dialect, on the same clauses in the same run.

/** How many times as long as the other dialect it may take. */
const BESIDE = 1.5;

function dialectGoals(m) {
  const of = (dialect, what) => m.best(`livematch/dialects/${dialect}/${what}`);
  const single = ratios(m, 'livematch/dialects/single/find/', 'livematch/dialects/single/live/');
  const refused = (n, of) => `; ${Number.isNaN(n) ? 0 : n} ${of} refused`;
  const beside = (what, ratio, note) =>
    row(what, `at most ${times(BESIDE)} of LiveQuery's`, times(ratio) + note, ratio <= BESIDE, ratio);
  const sizes = SIZES.map(size => {
    const [find, live] = ['find', 'live'].map(dialect => of(dialect, `${size}/change/median`));
    const note = ` (${time(find)})${refused(of('find', `${size}/refused`), 'clauses')}`;
    return beside(`\`find\`, ${count(size)} queries: a change, median`, find / live, note);
  });
  const note = refused(m.best('livematch/dialects/single/refused'), 'queries');
  return [beside('`find`, all queries on `Object`, geometric mean', mean(single), note), ...sizes, ...filterGoals(m)];
}

/** How many times as fast as a library it must be, in the geometric mean. */
const LIBRARIES = { 'sift 17': ['sift', 1.5], '@ucast/mongo2js 2': ['ucast', 1.5], 'mingo 7': ['mingo', 3] };

/** Libraries that answer MongoDB's filters, on the queries that they can say. */
function filterGoals(m) {
  const ours = 'livematch/dialects/single/find/';
  return Object.entries(LIBRARIES).flatMap(([name, [library, least]]) => {
    const list = ratios(m, `${library}/dialects/single/find/`, ours);
    const worst = first(list);
    const said = ` (${list.length} of ${m.under(ours).length} queries said)`;
    return [
      atLeast(`\`find\`, each query on \`Object\`, against ${name}`, 1, worst.ratio, ` (${worst.name})`),
      atLeast(`\`find\`, all queries on \`Object\`, against ${name}, geometric mean`, least, mean(list), said),
    ];
  });
}

/** All goals in order. */
export const goals = m => [...singleGoals(m), ...manyGoals(m), ...peerGoals(m), ...worstGoals(m), ...dialectGoals(m)];
