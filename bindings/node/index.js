'use strict';

const { answer } = require('./lib/answer.js');
const { Change } = require('./lib/change.js');
const { LivematchError } = require('./lib/errors.js');
const { Matcher } = require('./lib/matcher.js');
const { Query } = require('./lib/query.js');
const { QuerySet } = require('./lib/set.js');

module.exports = { Change, LivematchError, Matcher, Query, QuerySet, answer };
