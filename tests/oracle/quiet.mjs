// The surroundings in which the original is asked. To be imported before it.

// Dates without a zone, and dates turned into text, depend on the server's zone.
process.env.TZ = 'UTC';
process.env.PARSE_SERVER_LOGS_FOLDER = 'null';
process.env.PARSE_SERVER_SILENT = '1';
// The original throws for ordinary inputs; collecting the stacks would take most of the time.
Error.stackTraceLimit = 0;
