// What was measured: a list of values for each name, one for each round, and what was answered.

import fs from 'node:fs';

export class Measurements {
  constructor({ values = {}, answers = {}, failures = {} } = {}) {
    this.values = values;
    this.answers = answers;
    this.failures = failures;
  }

  /** Takes a line of a measuring program. */
  add({ name, value, answers }) {
    if (value !== undefined && value !== null) (this.values[name] ??= []).push(value);
    if (answers !== undefined) this.answers[name] = answers;
  }

  fail(name, reason) {
    this.failures[name] = reason;
  }

  has(name) {
    return name in this.values;
  }

  /** The least of all rounds, which is the one that was disturbed least; NaN if there is none. */
  best(name) {
    return this.has(name) ? Math.min(...this.values[name]) : NaN;
  }

  /** The names that begin so, without the beginning. */
  under(prefix) {
    const names = Object.keys(this.values).filter(name => name.startsWith(prefix));
    return names.map(name => name.slice(prefix.length));
  }

  save(file) {
    const { values, answers, failures } = this;
    fs.writeFileSync(file, JSON.stringify({ values, answers, failures }));
  }

  static load(file) {
    return new Measurements(JSON.parse(fs.readFileSync(file)));
  }
}
