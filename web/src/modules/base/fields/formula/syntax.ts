/** The words of a formula, for colouring and completion. Forgiving: what the server would refuse is coloured, too. Pure. */

export type TokenKind = 'name' | 'function' | 'word' | 'text' | 'number' | 'sign' | 'comment' | 'space';

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  /** Whether the end of a name, text or comment is there. */
  closed: boolean;
}

const wide = '（）［］【】，．。；：＆＋－＊／＝＜＞！％';
const narrow = '()[][],..;:&+-*/=<>!%';

/** The same length, with full-width punctuation narrow. What stands in names and texts is changed as well. */
export function narrowed(source: string): string {
  return source.replace(/[（）［］【】，．。；：＆＋－＊／＝＜＞！％]/g, (sign) => narrow[wide.indexOf(sign)] ?? sign);
}

const patterns: readonly [TokenKind, RegExp][] = [
  ['space', /\s+/y],
  ['comment', /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['text', /"(?:[^"\\]|\\.|"")*"?|'(?:[^'\\]|\\.|'')*'?|“[^”]*”?/y],
  ['name', /\[(?:[^\]\\]|\\.)*\]?/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+/y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
];

export function tokens(source: string): Token[] {
  const text = narrowed(source);
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    found.push(token);
    at = token.end;
  }
  return found.map((token, i) => {
    if (token.kind !== 'word') return token;
    const next = found.slice(i + 1).find((one) => one.kind !== 'space');
    return next && text[next.start] === '(' ? { ...token, kind: 'function' } : token;
  });
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    const match = pattern.exec(text)?.[0];
    if (!match) continue;
    const end = start + match.length;
    return { kind, start, end, closed: isClosed(kind, match) };
  }
  return { kind: 'sign', start, end: start + 1, closed: true };
}

function isClosed(kind: TokenKind, match: string): boolean {
  if (kind === 'name') return match.length > 1 && match.endsWith(']') && !/[^\\]\\\]$/.test(match);
  if (kind === 'text') {
    const close = match.startsWith('“') ? '”' : match[0];
    return match.length > 1 && match.endsWith(close ?? '"');
  }
  return kind !== 'comment' || match.startsWith('//') || match.endsWith('*/');
}

/** A name between its brackets. */
export const nameOf = (token: string): string => token.replace(/^\[/, '').replace(/\]$/, '').replace(/\\(.)/g, '$1');

/** A name as it is written in a formula. */
export const bracketed = (name: string): string => `[${name.replace(/[\\\]]/g, '\\$&')}]`;
