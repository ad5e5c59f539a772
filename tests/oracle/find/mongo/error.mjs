/** MongoDB refuses a filter. */
export class FilterError extends Error {}
