'use strict';

const NAMES = [
  'messages', // saves and deletions that arrived
  'unconcerned', // of these, those that concern nobody and were not read further
  'unreadable', // of these, those that the matcher cannot read: the stock way
  'everyone', // of these, those whose permissions may refuse: all subscriptions are told, as Parse Server does
  'hits', // subscriptions found
  'refused', // subscriptions that the matcher refuses: the stock way
  'stockMatched', // verdicts asked of Parse Server's matcher
  'unasked', // messages whose hits Parse Server did not ask for as expected: the stock way
  'compared', 'different', // in shadow: subscriptions compared, and those that differ
  'warned', 'strictlyRefused', // subscriptions with warnings; those refused for them
  'waited', 'gaveUp', // in order: messages that waited for the one before, and those that did not wait longer
  'declined', // LiveQuery servers or installations left as they were
];

/** What is counted. */
class Metrics {
  constructor() { this.counts = Object.fromEntries(NAMES.map(name => [name, 0])); }
  add(name, count = 1) { this.counts[name] += count; }
  read() { return { ...this.counts }; }
}

module.exports = { Metrics };
