/** A record as a card: its cover, what it is called and the fields a view shows, coloured by its rules. The same in every kind of view. */
import { useComputedColorScheme } from '@mantine/core';
import { IconCheck, IconPaperclip, IconPhoto } from '@tabler/icons-react';
import { type ComponentProps, memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hasThumbnail, thumbnailUrl } from '../../../data/files';
import { Chip } from '../../../grid/Chip';
import { choiceOf, formatCell, type Locale, nobody } from '../../../grid/format';
import {
  type CellValue,
  type Field,
  type FileRef,
  type GridRow,
  idsOf,
  isEmpty,
  isFailure,
  isFile,
  itemsOf,
} from '../../../grid/model';
import { starsOf } from '../../../grid/numbers';
import { paintOf } from '../../../grid/paint';
import { shapeOf } from '../../../grid/shape';
import { MemberAvatar } from '../../../ui/MemberAvatar';
import type { ColorRule } from '../model';
import classes from './Card.module.css';
import type { CoverFit } from './model';

export interface CardProps {
  row: GridRow;
  title: Field;
  /** The other fields, in order. Empty cells take no place. */
  fields: readonly Field[];
  /** The attachments whose first picture stands on top; undefined where cards have no cover. */
  cover?: Field | undefined;
  fit?: CoverFit | undefined;
  /** Pixels; a cover that is said keeps its place where a record has no picture. */
  coverHeight?: number;
  rules: readonly ColorRule[];
  locale: Locale;
  /** Each value stands beside the name of its field. */
  labels?: boolean;
}

/** The picture of a record among its files; none when there is none that can be shown. */
export const pictureOf = (value: CellValue): FileRef | undefined =>
  (itemsOf(value) as readonly unknown[]).filter(isFile).find((file) => hasThumbnail(file.media));

export const RecordCard = memo(function RecordCard(props: CardProps) {
  const { row, title, fields, cover, rules, locale, labels = false } = props;
  const { t } = useTranslation('base');
  const scheme = useComputedColorScheme('light');
  const paint = paintOf(row, rules, scheme);
  const cell = (field: Field) => row.cells[field.id] as CellValue;
  const filled = fields.filter((field) => !isEmpty(cell(field)) && cell(field) !== false && field.type !== 'button');
  const name = formatCell(title, cell(title), locale);
  const picture = cover && pictureOf(cell(cover));
  return (
    <div className={classes.card} data-waiting={row.waiting !== undefined} style={{ background: paint.row }}>
      {paint.bar && <span className={classes.bar} style={{ background: paint.bar }} />}
      {cover && (picture || props.coverHeight) && (
        <Cover file={picture} fit={props.fit ?? 'cover'} height={props.coverHeight ?? 140} />
      )}
      <div className={classes.content}>
        <div className={classes.title} data-empty={name === ''} style={{ background: paint.cells.get(title.id) }}>
          {name || t('view:card.untitled')}
        </div>
        {filled.length > 0 && (
          <div className={classes.values} data-labels={labels}>
            {filled.map((field) => (
              <div key={field.id} className={classes.value} title={field.name}>
                {labels && <span className={classes.label}>{field.name}</span>}
                <span className={classes.shown} style={{ background: paint.cells.get(field.id) }}>
                  <CardValue field={field} value={cell(field)} locale={locale} labelled={labels} />
                </span>
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  );
});

interface CoverProps {
  file: FileRef | undefined;
  fit: CoverFit;
  height: number;
}

function Cover({ file, fit, height }: CoverProps) {
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <div className={classes.cover} style={{ height }}>
      {file && failed !== file.id ? (
        <img
          src={thumbnailUrl(file.id, height > 200 ? 1024 : 512)}
          alt=""
          loading="lazy"
          draggable={false}
          style={{ objectFit: fit }}
          onError={() => setFailed(file.id)}
        />
      ) : (
        <IconPhoto size={26} stroke={1.3} aria-hidden="true" />
      )}
    </div>
  );
}

interface ValueProps {
  field: Field;
  value: CellValue;
  locale: Locale;
  /** The name of the field stands beside it; else it says what needs saying. */
  labelled: boolean;
}

/** As many chips, people and pictures as a card has room for. */
const most = 4;

/** The value of a field in little room. */
function CardValue({ field, value, locale, labelled }: ValueProps) {
  const shape = shapeOf(field);
  if (isFailure(value)) return <span className={classes.failure}>{value.error}</span>;
  const items = itemsOf(value);
  switch (shape.as) {
    case 'checkbox':
      if (Array.isArray(value)) break;
      return (
        <span className={classes.ticked}>
          <IconCheck size={13} stroke={2.4} aria-hidden="true" />
          {!labelled && field.name}
        </span>
      );
    case 'choice':
      return (
        <Several count={items.length}>
          {items.slice(0, most).map((item) => {
            const choice = choiceOf(shape.choices, item);
            return choice && <Chip key={choice.id} choice={choice} />;
          })}
        </Several>
      );
    case 'member':
    case 'group': {
      const names = locale.names ?? nobody;
      const all = shape.as === 'member' ? names.members : names.groups;
      const ids = idsOf(value);
      return (
        <Several count={ids.length}>
          {ids.slice(0, most).map((id) => {
            const one = all.get(id) ?? { id, name: '—' };
            return (
              <span key={id} className={classes.person} title={one.name}>
                <MemberAvatar {...one} size={20} shape={shape.as === 'group' ? 'square' : 'round'} />
                {ids.length === 1 && <span className={classes.clip}>{one.name}</span>}
              </span>
            );
          })}
        </Several>
      );
    }
    case 'file':
      return <Files files={(items as readonly unknown[]).filter(isFile)} />;
    case 'number':
      if (typeof value === 'number' && shape.style?.format === 'progress') {
        return (
          <span className={classes.progress}>
            <progress value={Math.max(0, Math.min(1, value))} max={1} aria-label={field.name} />
            {formatCell(field, value, locale)}
          </span>
        );
      }
      if (typeof value === 'number' && shape.style?.format === 'rating') {
        const stars = starsOf(shape.style);
        const on = Math.max(0, Math.min(stars, Math.round(value)));
        return (
          <span className={classes.stars} role="img" aria-label={`${on} / ${stars}`}>
            {'★'.repeat(on)}
            <span>{'★'.repeat(stars - on)}</span>
          </span>
        );
      }
      // A number alone says nothing.
      if (!labelled) {
        return (
          <span className={classes.text}>
            <span className={classes.what}>{field.name}</span> {formatCell(field, value, locale)}
          </span>
        );
      }
      break;
    default:
      break;
  }
  return <span className={classes.text}>{formatCell(field, value, locale)}</span>;
}

function Several({ count, children }: { count: number; children: React.ReactNode }) {
  return (
    <span className={classes.several}>
      {children}
      {count > most && <span className={classes.more}>+{count - most}</span>}
    </span>
  );
}

function Files({ files }: { files: readonly FileRef[] }) {
  const pictures = files.filter((file) => hasThumbnail(file.media));
  if (pictures.length === 0) {
    return (
      <span className={classes.person}>
        <IconPaperclip size={14} stroke={1.8} aria-hidden="true" />
        <span className={classes.clip}>{files.length === 1 ? files[0]?.name : files.length}</span>
      </span>
    );
  }
  return (
    <Several count={files.length}>
      {pictures.slice(0, most).map((file) => (
        <img
          key={file.id}
          className={classes.thumb}
          src={thumbnailUrl(file.id, 64)}
          alt={file.name}
          width={28}
          height={28}
          loading="lazy"
          draggable={false}
        />
      ))}
    </Several>
  );
}

/** A card while it is being loaded. */
export function CardSkeleton(props: ComponentProps<'div'>) {
  return (
    <div {...props} className={classes.card} aria-hidden="true">
      <div className={classes.content}>
        <div className={classes.bone} style={{ width: '70%' }} />
        <div className={classes.bone} style={{ width: '45%' }} />
      </div>
    </div>
  );
}
