// Date texts: the ones that objects carry, and the near misses around them.

const USUAL = [
  '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.005Z', '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.001Z',
  '2021-06-15T12:30:00.000Z',
];

const ODD = [
  '2020', '2020-01', '2020-01-01', '2020-01-01T00:00', '2020-01-01T00:00Z', '2020-01-01T00:00:00Z',
  '2020-01-01T00:00:00.0019Z', '2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00-00:00', '2020-01-01T05:30+0530',
  '2019-12-31T24:00:00Z', '2020-02-30', '2020-02-31T00:00Z', '+002020-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z',
  '+275760-09-13T00:00:00.000Z', '+275760-09-13T00:00:00.001Z', '-271821-04-20T00:00:00.000Z', '-000000-01-01T00:00Z',
  '2020-13-01T00:00Z', '2020-01-32T00:00Z', '2020-01-01T24:01Z', '2020-01-01T00:60Z', 'never', '', '2020-01-01t00:00z',
];

/** A date text; nearly always one that means a time. */
export function isoText(random) {
  if (random.chance(0.75)) return random.pick(USUAL);
  return random.chance(0.7) ? random.pick(ODD) : spelled(random);
}

const padded = (number, width) => String(number).padStart(width, '0');

/** A text of the shape of the standard's dates, its numbers a little out of range now and then. */
export function spelled(random) {
  const number = (low, high) => random.between(low, random.chance(0.03) ? high + 2 : high);
  const year = random.chance(0.9)
    ? padded(random.between(0, 9999), 4)
    : random.pick(['+', '-']) + padded(random.between(0, 275761), 6);
  const month = padded(number(1, 12), 2);
  const day = padded(number(1, 31), 2);
  const minutes = `T${padded(number(0, 24), 2)}:${padded(number(0, 59), 2)}`;
  const seconds = `${minutes}:${padded(number(0, 59), 2)}`;
  const fraction = `${seconds}.${random.many(1, 5, () => random.below(10)).join('')}`;
  const days = random.pick([year, `${year}-${month}`, `${year}-${month}-${day}`, `${year}-${month}-${day}`]);
  return days + random.pick(['', minutes, seconds, fraction, fraction]) + zone(random);
}

function zone(random) {
  const hours = padded(random.between(0, 14), 2);
  const minutes = random.pick(['00', '30', '59']);
  const sign = random.pick(['+', '-']);
  return random.pick(['Z', 'Z', 'Z', '', 'z', `${sign}${hours}:${minutes}`, `${sign}${hours}${minutes}`]);
}
