// A small seeded generator of random numbers (the xoshiro128** of Blackman and Vigna's design, over
// 32-bit words), so that a seed names a run for ever.

export class Random {
  #state;
  #mistakes;

  /** The same text gives the same numbers. Mistakes are made `mistakes` times as often as they are asked for. */
  constructor(seed, mistakes = 1) {
    this.#mistakes = mistakes;
    this.#state = [1, 2, 3, 4].map(word => hash(`${word}/${seed}`));
  }

  #next() {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /** From 0 up to, not including, 1. */
  fraction() {
    return this.#next() / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit) {
    return Math.floor(this.fraction() * limit);
  }

  between(low, high) {
    return low + this.below(high - low + 1);
  }

  chance(probability) {
    return this.fraction() < probability;
  }

  /** Like `chance`, for what makes the whole case one that is refused: nothing else of it is then compared. */
  mistake(probability) {
    return this.chance(probability * this.#mistakes);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of `[weight, value]` pairs. */
  weighted(pairs) {
    const total = pairs.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.fraction() * total;
    for (const [weight, value] of pairs) {
      left -= weight;
      if (left < 0) return value;
    }
    return pairs.at(-1)[1];
  }

  many(low, high, make) {
    return Array.from({ length: this.between(low, high) }, (_, i) => make(i));
  }

  shuffled(list) {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }
}

const rotate = (word, by) => (word << by) | (word >>> (32 - by));

/** FNV-1a over the UTF-16 units, mixed once more. */
function hash(text) {
  let word = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    word = Math.imul(word ^ text.charCodeAt(i), 0x01000193);
  }
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  return word ^ (word >>> 13);
}
