// The driver that Parse Server speaks to MongoDB with: what becomes of values on the way.

import { requireFromServer } from '../installed.mjs';

export const { BSON, MongoClient } = requireFromServer('mongodb');

/** A document as MongoDB gets it: undefined becomes null, an invalid date the epoch, `RegExp` a pattern of the source. */
export function sent(document) {
  const bytes = BSON.serialize(document, { ignoreUndefined: false });
  return BSON.deserialize(bytes, { bsonRegExp: true, promoteBuffers: false });
}
