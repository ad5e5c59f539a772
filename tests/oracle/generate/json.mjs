// Builders of JSON text. The generator makes text, not values: key order and repeated keys matter.

export const text = JSON.stringify;

export const object = entries =>
  `{${entries.map(([key, value]) => `${text(key)}:${value}`).join(',')}}`;

export const list = items => `[${items.join(',')}]`;

export const typed = (type, members) => object([['__type', text(type)], ...Object.entries(members)]);

export const pointer = (className, objectId) =>
  typed('Pointer', { className: text(className), objectId: text(objectId) });

export const date = iso => typed('Date', { iso: text(iso) });

export const geoPoint = (latitude, longitude) =>
  typed('GeoPoint', { latitude: text(latitude), longitude: text(longitude) });

export const line = (where, before, after) => `{"where":${where},"old":${before},"new":${after}}`;
