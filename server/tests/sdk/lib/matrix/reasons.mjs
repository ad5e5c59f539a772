// Why Parse Server's own live queries may answer otherwise than REST and than this server: what server/README.md lists under
// "Where it differs". A difference that has none of these reasons fails the matrix, and so does a reason that is gone.
import { isAtLeast } from '../releases.mjs';

/** Since when the session of `connect` and the roles of protected tiers count there. */
const isMended = isAtLeast('8.6.89') && (isAtLeast('9.10.1-alpha.8') || !isAtLeast('9.0.0'));

const names = (...parts) => (name) => parts.some((part) => name.toLowerCase().includes(part.toLowerCase()));

/** Each with the class that shows it by itself: permissions and protected fields. */
export const REASONS = {
  'two sessions': {
    of: ({ viewer }) => ['bobForAnn', 'annForBob', 'invalidForAnn'].includes(viewer),
    shownBy: 'open none',
  },
  'the session of connect': {
    of: ({ viewer }) => ['annsClient', 'carlsClient', 'emptyForAnn'].includes(viewer),
    shownBy: 'authenticated none',
  },
  'roles in permissions of a class': { of: ({ permissions }) => names('role')(permissions), shownBy: 'role none' },
  'pointers of the newest state only': {
    of: ({ permissions }) => names('pointers', 'list', 'readUserFields')(permissions),
    shownBy: 'pointers none',
  },
  'get or find': { of: ({ permissions }) => names('getOnly', 'findOnly')(permissions), shownBy: 'getOnly none' },
  'tiers by pointer': { of: ({ fields }) => names('butOwner', 'butFriends')(fields), shownBy: 'open butOwner' },
  'roles of protected tiers': { of: ({ fields }) => names('role')(fields), shownBy: 'open butRole', isGone: isMended },
  'the master key': { of: ({ viewer }) => viewer === 'master', shownBy: 'closed none' },
};

/** The reasons that a cell may have. */
export function reasonsOf(cell) {
  return Object.entries(REASONS).filter(([, { of }]) => of(cell)).map(([name]) => name);
}
