/** One change as people read it: who, when, by which way, and what became of what. */
import { IconArrowNarrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMembersById } from '../../../data/directory';
import { useFormat } from '../../../data/me';
import type { Locale } from '../../../grid/format';
import { MemberAvatar } from '../../../ui/MemberAvatar';
import type { Base } from '../model';
import type { CellChange, Entry, Known, Line, RecordChange } from './api';
import { fieldOf, sentence, textOf } from './describe';
import classes from './History.module.css';

interface Props {
  base: Base;
  entry: Entry;
  locale: Locale;
  /** In the history of a record its name goes without saying. */
  own?: boolean;
  /** What can be done with it. */
  actions?: React.ReactNode;
}

export function EntryCard({ base, entry, locale, own = false, actions }: Props) {
  const { t } = useTranslation('history');
  const format = useFormat();
  const member = useMembersById().get(entry.actor);
  const name = member?.name ?? t(entry.actor === 'system' ? 'system' : 'somebody');
  return (
    <li className={classes.entry}>
      <MemberAvatar id={entry.actor} name={name} avatar={member?.avatar} size={26} />
      <div className={classes.told}>
        <div className={classes.head}>
          <span className={classes.who}>{name}</span>
          <time className={classes.when} dateTime={entry.at} title={format.dateTime(entry.at)}>
            {format.ago(entry.at)}
          </time>
          {entry.via !== 'web' && <span className={classes.via}>{t(`via.${entry.via}`)}</span>}
          <span className={classes.grow} />
          {actions}
        </div>
        <Lines base={base} lines={entry.changes} known={entry.names} locale={locale} own={own} />
      </div>
    </li>
  );
}

interface LinesProps {
  base: Base;
  lines: readonly Line[];
  known: Known;
  locale: Locale;
  own?: boolean;
}

/** What was done, or would be done, with some of the records. */
export function Lines({ base, lines, known, locale, own = false }: LinesProps) {
  const { t } = useTranslation('history');
  return lines.map((line, at) => {
    const rest = line.records - line.examples.length;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
      <div key={at} className={classes.line}>
        {!(own && line.kind === 'update_records') && <div className={classes.what}>{sentence(line, t)}</div>}
        {line.examples.map((example) => (
          <Example key={example.record} {...{ base, line, example, known, locale, own }} />
        ))}
        {rest > 0 && line.examples.length > 0 && <div className={classes.rest}>{t('rest', { count: rest })}</div>}
      </div>
    );
  });
}

interface ExampleProps extends Omit<LinesProps, 'lines'> {
  line: Line;
  example: RecordChange;
}

function Example({ base, line, example, known, locale, own }: ExampleProps) {
  const { t } = useTranslation('history');
  return (
    <div className={classes.example}>
      {!own && <div className={classes.title}>{example.title || t('untitled')}</div>}
      {example.cells.map((cell) => (
        <Cell key={cell.field} {...{ base, line, cell, known, locale }} />
      ))}
    </div>
  );
}

function Cell({
  base,
  line,
  cell,
  known,
  locale,
}: Omit<LinesProps, 'lines' | 'own'> & { line: Line; cell: CellChange }) {
  const { t } = useTranslation('history');
  const field = fieldOf(base, line.table ?? '', cell.field);
  const text = (value: unknown) => textOf(cell, value, field, known, locale);
  const before = text(cell.before);
  const after = text(cell.after);
  const unknown = cell.after === undefined;
  return (
    <div className={classes.cell}>
      <span className={classes.field} title={cell.name}>
        {cell.name}
      </span>
      <span className={classes.values}>
        {before && <del className={classes.before}>{before}</del>}
        {before && (after || unknown) && (
          <IconArrowNarrowRight size={14} className={classes.arrow} aria-hidden="true" />
        )}
        {after && <ins className={classes.after}>{after}</ins>}
        {unknown && <span className={classes.rest}>{t('converted')}</span>}
        {!before && !after && !unknown && <span className={classes.rest}>{t('blank')}</span>}
      </span>
    </div>
  );
}
