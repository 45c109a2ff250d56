import { Checkbox, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isPicked } from '../../../grid/editor/picks';
import { editableCell, type Locale } from '../../../grid/format';
import { type CellValue, type Field, idsOf } from '../../../grid/model';
import { parseCell } from '../../../grid/parse';
import { DateField } from './DateField';
import { PickBox } from './PickBox';

interface Props {
  field: Field;
  value: CellValue;
  locale: Locale;
  label: string;
  onChange: (value: CellValue) => void;
}

/** A value that is set for records to come, in a window of its own. */
export function DefaultValue({ field, value, locale, label, onChange }: Props) {
  const { t } = useTranslation('field');
  if (field.type === 'checkbox') {
    return (
      <Checkbox
        size="xs"
        aria-label={label}
        label={t('ticked')}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (isPicked(field)) {
    return (
      <PickBox
        inside
        field={field}
        value={value}
        locale={locale}
        label={label}
        placeholder={t('nothing')}
        canCreate={false}
        // Records and people are told by their ids alone.
        onChange={(next) => onChange(field.type === 'select' ? next : idsOf(next).length > 0 ? idsOf(next) : null)}
      />
    );
  }
  if (field.type === 'date') {
    return (
      <DateField
        inside
        size="xs"
        label={label}
        value={typeof value === 'string' ? value : null}
        style={field}
        locale={locale}
        onChange={onChange}
      />
    );
  }
  return <Typed key={field.id} {...{ field, value, locale, label, onChange }} />;
}

function Typed({ field, value, locale, label, onChange }: Props) {
  const { t } = useTranslation('field');
  const shown = editableCell(field, value, locale);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const parsed = parseCell(field, text, locale, new Date());
  const commit = () => 'value' in parsed && onChange(parsed.value);
  return (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={t('nothing')}
      value={text}
      error={!('value' in parsed)}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) commit();
      }}
    />
  );
}
