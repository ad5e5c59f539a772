// From Parse's clauses and objects to MongoDB's filters and documents, by the code of Parse Server itself.

import '../original.mjs';
import { load } from '../installed.mjs';
import { sent } from './driver.mjs';

const { transformWhere, parseObjectToMongoObjectForCreate } = load('Adapters/Storage/Mongo/MongoTransform.js');
const DatabaseController = load('Controllers/DatabaseController.js');
const { _UnsafeRestQuery: RestQuery } = load('RestQuery.js');
const Utils = load('Utils.js');

/** A clause that find() does not answer by itself: `reason` says what it takes. */
export class Beyond extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

const SUB_QUERIES = ['$select', '$dontSelect', '$inQuery', '$notInQuery'];

/** The first object that has a truthy member of a name, as the server looks for sub-queries. */
function holderOf(root, name) {
  if (typeof root !== 'object' || root === null) return undefined;
  if (!Array.isArray(root) && root[name]) return root;
  for (const inner of Object.values(root)) {
    const found = holderOf(inner, name);
    if (found) return found;
  }
  return undefined;
}

/** `$relatedTo` is looked for where no group is beside it. */
function refuseRelatedTo(query) {
  for (const group of [query.$or || null, query.$and || null, Array.isArray(query.$nor) ? query.$nor : null]) {
    if (group) {
      group.forEach(refuseRelatedTo);
      return;
    }
  }
  if (query.$relatedTo) throw new Beyond('sub-query');
}

/** What a constraint on a relation becomes: it is asked of the join table, or finds nothing. */
function replaceRelations(query, fields) {
  for (const group of ['$or', '$and']) if (query[group]) query[group].forEach(branch => replaceRelations(branch, fields));
  for (const key of Object.keys(query)) {
    if (fields[key]?.type !== 'Relation') continue;
    const constraint = query[key];
    const asks = constraint && (constraint.$in || constraint.$ne || constraint.$nin || constraint.__type === 'Pointer');
    if (asks) throw new Beyond('sub-query');
    delete query[key];
    DatabaseController.prototype.addInObjectIdsIds([], query);
  }
}

/** The filter that find() sends for a clause; throws what the server throws. */
export function filterOf(where, { className, fields, now }) {
  const restWhere = structuredClone(where);
  for (const name of SUB_QUERIES) if (holderOf(restWhere, name)) throw new Beyond('sub-query');
  RestQuery.prototype.replaceEquality.call({ restWhere });
  refuseRelatedTo(restWhere);
  replaceRelations(restWhere, fields);
  DatabaseController._validateQuery(restWhere, false, false, false, {});
  const filter = at(now, () => transformWhere(className, restWhere, { className, fields }));
  if (holderOf(filter, '$text')) throw new Beyond('text');
  return sent(filter);
}

const { relativeTimeToDate } = Utils;

/** Runs `work` at a moment. */
function at(now, work) {
  Utils.relativeTimeToDate = text => relativeTimeToDate.call(Utils, text, new Date(now));
  try {
    return work();
  } finally {
    Utils.relativeTimeToDate = relativeTimeToDate;
  }
}

/** As `transformObjectACL` of the server, which it does not hand out. */
function withPermissions({ ACL, ...object }) {
  if (!ACL) return object;
  const those = right => Object.keys(ACL).filter(name => ACL[name][right]);
  return { ...object, _wperm: those('write'), _rperm: those('read') };
}

/** The document that an object is stored as; throws where it cannot be. */
export function documentOf(object, { className, fields }) {
  const stored = withPermissions(structuredClone(object));
  return sent(parseObjectToMongoObjectForCreate(className, stored, { className, fields }));
}
