// Measures libraries that answer MongoDB's filters, on the queries and objects of W1 as find() of Parse Server lowers them.
//
//   node filters.mjs FOLDER
//
// A clause counts as said where the library takes it and finds what find() does, by the second judge of tests/oracle. The lines are
// those of main.rs.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { fastest } from './fastest.mjs';
import { documentOf, filterOf } from '../../tests/oracle/find/lowering.mjs';
import { compile } from '../../tests/oracle/find/mongo/filter.mjs';
import { schemas } from '../../tests/oracle/find/schema.mjs';

const installed = createRequire(new URL('filters/package.json', import.meta.url));

const NOW = '2024-01-01T00:00:00.000Z';

const { Query } = installed('mingo');

/** Each makes a test of a filter. */
const libraries = {
  sift: installed('sift').default,
  ucast: installed('@ucast/mongo2js').guard,
  mingo: filter => {
    const query = new Query(filter);
    return document => query.test(document);
  },
};

const print = line => console.log(JSON.stringify(line));

/** The filter of a clause, and the documents of objects. */
function lowered(where, objects) {
  const { value: fields } = schemas(where, objects[0]).next();
  const context = { className: 'T', fields, now: NOW };
  return { filter: filterOf(where, context), documents: objects.map(object => documentOf(object, context)) };
}

const places = (documents, test) => documents.flatMap((document, place) => (test(document) ? [place] : []));

function count(documents, test) {
  let found = 0;
  for (let i = 0; i < documents.length; i++) if (test(documents[i])) found++;
  return found;
}

/** The test of a filter, if the library can say it. */
function testOf(make, filter, documents, answers) {
  try {
    const test = make(filter);
    return JSON.stringify(places(documents, test)) === JSON.stringify(answers) ? test : null;
  } catch {
    return null;
  }
}

const [folder] = process.argv.slice(2);
const { queries, objects } = JSON.parse(fs.readFileSync(path.join(folder, 'single.json')));
for (const { name, where } of queries) {
  const { filter, documents } = lowered(where, objects);
  const answers = places(documents, compile(filter, { legacyNull: true }));
  print({ name: `node/dialects/single/find/${name}`, answers });
  for (const [library, make] of Object.entries(libraries)) {
    const test = testOf(make, filter, documents, answers);
    if (!test) continue;
    print({ name: `${library}/dialects/single/find/${name}`, value: fastest(() => count(documents, test)) / documents.length });
  }
}
