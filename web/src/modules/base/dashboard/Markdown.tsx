/** Text in Markdown as elements: headings, lists, quotes, code, emphasis, links. HTML in it is text. */
import { Fragment, type ReactNode } from 'react';
import classes from './Dashboard.module.css';

const inlines = /(`[^`]+`)|\*\*(.+?)\*\*|__(.+?)__|\*(.+?)\*|_(.+?)_|~~(.+?)~~|\[([^\]]+)\]\(([^)\s]+)\)/;

/** Only addresses that lead to a page or a letter. */
export const isSafe = (address: string): boolean => /^(https?:\/\/|mailto:|\/(?!\/))/i.test(address);

function inline(text: string): ReactNode {
  const found = inlines.exec(text);
  if (!found) return text;
  const [whole, code, bold, bolder, slanted, italic, struck, label, address] = found;
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + whole.length);
  let part: ReactNode = whole;
  if (code) part = <code>{code.slice(1, -1)}</code>;
  else if (bold || bolder) part = <strong>{inline(bold ?? bolder ?? '')}</strong>;
  else if (slanted || italic) part = <em>{inline(slanted ?? italic ?? '')}</em>;
  else if (struck) part = <s>{inline(struck)}</s>;
  else if (label && address && isSafe(address)) {
    part = (
      <a href={address} target="_blank" rel="noopener noreferrer">
        {inline(label)}
      </a>
    );
  }
  return (
    <>
      {before}
      {part}
      {inline(after)}
    </>
  );
}

type Block =
  | { as: 'head'; level: number; text: string }
  | { as: 'list'; ordered: boolean; items: string[] }
  | { as: 'quote' | 'text'; lines: string[] }
  | { as: 'code'; text: string }
  | { as: 'rule' };

/** The blocks of a text. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const last = blocks.at(-1);
    const head = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^\s*(?:([-*+])|\d+[.)])\s+(.*)$/.exec(line);
    if (line.startsWith('```')) {
      const end = lines.findIndex((one, place) => place > at && one.startsWith('```'));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ as: 'code', text: lines.slice(at + 1, stop).join('\n') });
      at = stop;
    } else if (line.trim() === '') {
      blocks.push({ as: 'text', lines: [] });
    } else if (head) {
      blocks.push({ as: 'head', level: head[1]?.length ?? 1, text: head[2] ?? '' });
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ as: 'rule' });
    } else if (item) {
      const ordered = item[1] === undefined;
      if (last?.as === 'list' && last.ordered === ordered) last.items.push(item[2] ?? '');
      else blocks.push({ as: 'list', ordered, items: [item[2] ?? ''] });
    } else if (line.startsWith('>')) {
      const quoted = line.replace(/^>\s?/, '');
      if (last?.as === 'quote') last.lines.push(quoted);
      else blocks.push({ as: 'quote', lines: [quoted] });
    } else if (last?.as === 'text' && last.lines.length > 0) last.lines.push(line);
    else blocks.push({ as: 'text', lines: [line] });
  }
  return blocks.filter((block) => block.as !== 'text' || block.lines.length > 0);
}

const broken = (lines: readonly string[]) =>
  lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
    <Fragment key={at}>
      {at > 0 && <br />}
      {inline(line)}
    </Fragment>
  ));

function drawn(block: Block): ReactNode {
  switch (block.as) {
    case 'head': {
      const Head = `h${Math.min(block.level + 2, 6)}` as 'h3';
      return <Head data-level={block.level}>{inline(block.text)}</Head>;
    }
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name than their place
            <li key={at}>{inline(item)}</li>
          ))}
        </List>
      );
    }
    case 'quote':
      return <blockquote>{broken(block.lines)}</blockquote>;
    case 'code':
      return <pre>{block.text}</pre>;
    case 'rule':
      return <hr />;
    default:
      return <p>{broken(block.lines)}</p>;
  }
}

export function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown}>
      {blocksOf(text).map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no other name than their place
        <Fragment key={at}>{drawn(block)}</Fragment>
      ))}
    </div>
  );
}
