'use strict';

const EVENTS = [undefined, 'create', 'enter', 'update', 'leave', 'delete'];
const VERDICTS = [undefined, 'no-match', 'match', 'fault'];

/** What the number beside a query's says, in words. */
function answer(bits) {
  return { old: VERDICTS[bits & 3], new: VERDICTS[(bits >> 2) & 3], event: EVENTS[bits >> 4] };
}

module.exports = { VERDICTS, answer };
