import { Badge, Checkbox } from '@mantine/core';
import { IconStarFilled } from '@tabler/icons-react';
import { Chip } from '../../../grid/Chip';
import { FilesPanel } from '../../../grid/editor/FilesPanel';
import { choiceOf, formatCell, formatItem, type Locale, nobody } from '../../../grid/format';
import { linkOf } from '../../../grid/links';
import { failureMeaning, mistakeText } from '../../../grid/mistakes';
import { type CellValue, type Field, idsOf, isEmpty, isFailure, isFile, itemsOf } from '../../../grid/model';
import { starsOf } from '../../../grid/numbers';
import { type Shape, shapeOf } from '../../../grid/shape';
import { MemberAvatar } from '../../../ui/MemberAvatar';
import classes from '../Base.module.css';

interface Props {
  record: string;
  field: Field;
  value: CellValue;
  locale: Locale;
}

/** The value of a field that is only read. Records have cards of their own. */
export function FieldValue({ record, field, value, locale }: Props) {
  const shape = shapeOf(field);
  if (isFailure(value)) return <Failed field={field} error={value.error} />;
  if (shape.as === 'checkbox' && !Array.isArray(value)) {
    return <Checkbox aria-label={field.name} checked={value === true} readOnly />;
  }
  if (isEmpty(value)) return <div className={`${classes.value} ${classes.placeholder}`}>—</div>;
  switch (shape.as) {
    case 'choice':
      return (
        <Chips>
          {itemsOf(value).map((item) => {
            const choice = choiceOf(shape.choices, item);
            return choice && <Chip key={choice.id} choice={choice} />;
          })}
        </Chips>
      );
    case 'member':
    case 'group':
      return <People shape={shape.as as 'member' | 'group'} value={value} locale={locale} />;
    case 'file': {
      const files = (itemsOf(value) as readonly unknown[]).filter(isFile);
      return <FilesPanel record={record} field={field} files={files} editable={false} onChange={() => undefined} />;
    }
    case 'number':
      if (typeof value === 'number') return <Figure value={value} shape={shape} locale={locale} />;
      break;
    case 'text':
      if (typeof value === 'string') return <TextValue text={value} shape={shape} />;
      break;
    default:
      break;
  }
  return <div className={classes.value}>{formatCell(field, value, locale)}</div>;
}

function Chips({ children }: { children: React.ReactNode }) {
  return (
    <div className={classes.chips} data-plain="true">
      {children}
    </div>
  );
}

function People({ shape, value, locale }: { shape: 'member' | 'group'; value: CellValue; locale: Locale }) {
  const names = locale.names ?? nobody;
  const all = shape === 'member' ? names.members : names.groups;
  return (
    <Chips>
      {idsOf(value).map((id) => {
        const one = all.get(id) ?? { id, name: '—' };
        return (
          <span key={id} className={classes.named}>
            <MemberAvatar {...one} size={18} shape={shape === 'group' ? 'square' : 'round'} />
            <span className={classes.clip}>{one.name}</span>
          </span>
        );
      })}
    </Chips>
  );
}

interface FigureProps {
  value: number;
  shape: Extract<Shape, { as: 'number' }>;
  locale: Locale;
}

function Figure({ value, shape, locale }: FigureProps) {
  const text = formatItem(shape, value, locale);
  if (shape.style?.format === 'rating') {
    const count = starsOf(shape.style);
    return (
      <div className={classes.stars} role="img" aria-label={`${text} / ${count}`}>
        {Array.from({ length: count }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a star is its number
          <IconStarFilled key={i} size={17} data-on={i < value} />
        ))}
      </div>
    );
  }
  if (shape.style?.format === 'progress') {
    return (
      <div className={classes.meter}>
        <progress value={Math.max(0, Math.min(1, value))} max={1} aria-label={text} />
        {text}
      </div>
    );
  }
  return <div className={classes.value}>{text}</div>;
}

function TextValue({ text, shape }: { text: string; shape: Extract<Shape, { as: 'text' }> }) {
  const url = shape.format === 'long' ? undefined : linkOf(text, shape.format);
  if (!url) return <div className={classes.value}>{text}</div>;
  const outside = /^https?:/.test(url) ? { target: '_blank', rel: 'noopener noreferrer' } : {};
  return (
    <div className={classes.value}>
      <a href={url} {...outside}>
        {text}
      </a>
    </div>
  );
}

function Failed({ field, error }: { field: Field; error: string }) {
  return (
    <div className={classes.value}>
      <Badge color="red" variant="light" radius="sm" tt="none">
        {error}
      </Badge>
      <span className={classes.explained}>
        {field.computed?.error ? mistakeText(field.computed.error) : failureMeaning(error)}
      </span>
    </div>
  );
}
