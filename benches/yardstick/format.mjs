// Numbers as people read them.

const digits = number => number.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** Nanoseconds in the unit that fits. */
export function time(ns) {
  if (Number.isNaN(ns)) return '?';
  const units = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ];
  const [size, unit] = units.find(([size]) => Math.abs(ns) >= size) ?? units.at(-1);
  return `${digits(ns / size)} ${unit}`;
}

export const bytes = count => (Number.isNaN(count) ? '?' : `${digits(count)} B`);

/** How many times as fast: `ours` into `theirs`. */
export const times = ratio => (Number.isNaN(ratio) ? '?' : `${digits(ratio)}x`);

export const count = number => number.toLocaleString('en-US', { maximumFractionDigits: 0 });

export const one = number => (Number.isNaN(number) ? '?' : digits(number));
