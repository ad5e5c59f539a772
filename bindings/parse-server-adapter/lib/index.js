'use strict';

const { LivematchPubSub } = require('./adapter.js');

module.exports = LivematchPubSub;
module.exports.LivematchPubSub = LivematchPubSub;
// Parse Server looks for it when the adapter is given by the name of its module.
module.exports.default = LivematchPubSub;
