// The commands of a page: every line of its `sh` blocks, and every piece of code within its text that is a command.

/** What begins a command within text, if something follows it. */
const PROGRAMS = new Set(['(cd', 'cargo', 'curl', 'echo', 'node', 'npm', 'npx', 'valgrind']);

/** `executables` are the files of the repository that can be run. */
export function commands(page, executables) {
  const found = [];
  const fence = /^( *)```(\w*)\n([^]*?)\n\1```$/gm;
  const at = (index) => page.slice(0, index).split('\n').length;
  const text = page.replace(fence, (whole, indent, language, body, index) => {
    if (language === 'sh') {
      const block = at(index);
      const lines = body.split('\n').map((line) => line.slice(indent.length));
      found.push(...statements(lines).map(({ line, ...rest }) => ({ ...rest, line: block + line, block })));
    }
    return whole.replace(/[^\n]/g, ' ');
  });
  for (const { 1: code, index } of text.matchAll(/`([^`]+)`/g)) {
    const command = code.replace(/\s+/g, ' ');
    if (isCommand(command, executables)) found.push({ command, line: at(index), block: null });
  }
  return found.sort((a, b) => a.line - b.line);
}

function isCommand(code, executables) {
  const [program, ...rest] = code.split(' ').filter((word) => !/^[A-Z_]+=/.test(word));
  return executables.has(program) || (PROGRAMS.has(program) && rest.length > 0);
}

/** Lines joined where one is not the end: within quotes, or before a backslash. */
function statements(lines) {
  const found = [];
  let begun = null;
  lines.forEach((line, index) => {
    begun = begun ? { ...begun, text: `${begun.text}\n${line}` } : { text: line, line: index + 1 };
    const { code, isOpen } = withoutComment(begun.text);
    if (isOpen) return;
    if (code.trim() !== '') found.push({ command: code.trim(), line: begun.line });
    begun = null;
  });
  if (begun) throw new Error(`a command does not end: ${begun.text}`);
  return found;
}

/** A command without what stands behind ` #`, and whether it goes on in the next line. */
function withoutComment(text) {
  let quote = null;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (quote) {
      if (letter === quote) quote = null;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
    } else if (letter === '#' && (index === 0 || /\s/.test(text[index - 1]))) {
      return { code: text.slice(0, index), isOpen: false };
    }
  }
  return { code: text, isOpen: quote !== null || text.endsWith('\\') };
}
