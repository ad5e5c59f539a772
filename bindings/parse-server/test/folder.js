'use strict';
// The parse-server that is tested with: that of PARSE_SERVER, or what tests/oracle or server/tests have installed.
const path = require('node:path');
require('./drive'); // where Parse Server's logs go

const paths = ['../../../tests/oracle', '../../../server/tests/sdk'].map(folder => path.join(__dirname, folder));
exports.FOLDER = process.env.PARSE_SERVER ?? path.dirname(require.resolve('parse-server/package.json', { paths }));
