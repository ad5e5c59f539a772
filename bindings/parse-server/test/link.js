'use strict';
// Puts livematch as it stands beside this package where `require` finds it, as npm would the published one.
const { existsSync, mkdirSync, symlinkSync } = require('node:fs');
const path = require('node:path');

const modules = path.join(__dirname, '../node_modules');
mkdirSync(modules, { recursive: true });
if (!existsSync(path.join(modules, 'livematch'))) symlinkSync('../../node', path.join(modules, 'livematch'), 'dir');
