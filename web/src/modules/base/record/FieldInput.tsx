import { Checkbox, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../../../grid/Chip';
import { formatCell, type Locale, parseNumber, plainCell } from '../../../grid/format';
import { type CellValue, type Choice, choicesOf, type Field, isEmpty } from '../../../grid/model';
import classes from '../Base.module.css';
import { ChoiceField } from '../fields/ChoiceField';
import { DateField } from '../fields/DateField';

interface Props {
  field: Field;
  value: CellValue;
  locale: Locale;
  editable: boolean;
  onChange: (value: CellValue) => void;
  onCreateChoice: (name: string) => Promise<Choice | undefined>;
}

/** The value of a field in the record panel. */
export function FieldInput({ field, value, locale, editable, onChange, onCreateChoice }: Props) {
  const { t } = useTranslation('base');
  if (!editable) return <FieldValue field={field} value={value} locale={locale} />;
  switch (field.type) {
    case 'checkbox':
      return (
        <Checkbox
          aria-label={field.name}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'select':
    case 'multi_select': {
      const ids = Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
      const multiple = field.type === 'multi_select';
      return (
        <ChoiceField
          choices={choicesOf(field)}
          value={ids}
          multiple={multiple}
          label={field.name}
          placeholder={t('filter.pick')}
          onChange={(next) => onChange(multiple ? (next.length > 0 ? next : null) : (next[0] ?? null))}
          onCreate={onCreateChoice}
        />
      );
    }
    case 'date': {
      const current = typeof value === 'string' || typeof value === 'number' ? value : null;
      return <DateField label={field.name} value={current} time={field.time} locale={locale} onChange={onChange} />;
    }
    default:
      return <TypedInput field={field} value={value} locale={locale} onChange={onChange} />;
  }
}

function FieldValue({ field, value, locale }: Pick<Props, 'field' | 'value' | 'locale'>) {
  if (field.type === 'checkbox') return <Checkbox aria-label={field.name} checked={value === true} readOnly />;
  if (isEmpty(value)) return <div className={`${classes.value} ${classes.placeholder}`}>—</div>;
  if (field.type === 'select' || field.type === 'multi_select') {
    const ids = Array.isArray(value) ? value : [value];
    return (
      <div className={classes.chips} data-plain="true">
        {ids.map((id) => {
          const choice = choicesOf(field).find((c) => c.id === id);
          return choice && <Chip key={choice.id} choice={choice} />;
        })}
      </div>
    );
  }
  return <div className={classes.value}>{formatCell(field, value, locale)}</div>;
}

interface TypedProps {
  field: Field;
  value: CellValue;
  locale: Locale;
  onChange: (value: CellValue) => void;
}

/** Text and numbers: taken when the field is left, so that half a word is nobody's business. */
function TypedInput({ field, value, locale, onChange }: TypedProps) {
  const { t } = useTranslation('base');
  const shown = isEmpty(value) ? '' : plainCell(field, value, locale);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(shown);
    setWrong(false);
  }, [shown]);
  function commit() {
    if (text === shown) return setWrong(false);
    if (text.trim() === '') return onChange(null);
    if (field.type !== 'number') return onChange(text);
    const number = parseNumber(text, locale.language);
    if (number === undefined) setWrong(true);
    else onChange(number);
  }
  const common = {
    'aria-label': field.name,
    value: text,
    error: wrong ? t('cell.invalid.number') : undefined,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    onBlur: commit,
  };
  if (field.type === 'number') {
    return (
      <TextInput
        {...common}
        inputMode="decimal"
        onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && commit()}
      />
    );
  }
  return (
    <Textarea
      {...common}
      autosize
      minRows={1}
      maxRows={14}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) commit();
      }}
    />
  );
}
