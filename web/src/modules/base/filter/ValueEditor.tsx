/** What a condition compares with: the editor that fits field and operator, or another field. */
import { ActionIcon, NativeSelect, Select, TagsInput, TextInput, Tooltip } from '@mantine/core';
import { IconColumns3, IconForms } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PickField } from '../../../grid/editor/picks';
import { type Locale, nobody } from '../../../grid/format';
import { type CellValue, choicesOf, type Field, idsOf, type Named, type NumberStyle } from '../../../grid/model';
import { editableNumber, parseStyled } from '../../../grid/numbers';
import { shapeOf } from '../../../grid/shape';
import classes from '../Base.module.css';
import { PickBox } from '../fields/PickBox';
import { DateValue, DateValues } from './DateValue';
import { type Draft, isFieldValue, sidesOf } from './model';
import { comparable, formOf } from './operators';
import { isMine, mine } from './sentence';
import { useTitles } from './useTitles';

// A press on something in a portal would count as one outside of the popover, and close it.
const inside = { withinPortal: false, floatingStrategy: 'fixed' } as const;

interface ValueProps {
  draft: Draft;
  field: Field;
  locale: Locale;
  /** Whether it means the same whoever looks: nobody can be "me". */
  impersonal: boolean;
  onChange: (value: unknown) => void;
}

/** A value, or one of the fields `outer`. */
export function ValueEditor({ outer, ...props }: ValueProps & { outer: readonly Field[] }) {
  const { t } = useTranslation('base');
  const { draft, field, impersonal, onChange } = props;
  // In a lookup the same field is that of another record.
  const fitting = outer.filter((one) => (impersonal || one.id !== field.id) && comparable(field, one, draft.op));
  const { value } = draft;
  const byField = isFieldValue(value);
  if (fitting.length === 0 && !byField) return <OneValue {...props} />;
  return (
    <div className={classes.oneOf}>
      {byField ? (
        <Select
          size="xs"
          flex={1}
          aria-label={t('filter.otherField')}
          data={fitting.map((one) => ({ value: one.id, label: one.name }))}
          value={value.field}
          allowDeselect={false}
          searchable={fitting.length > 8}
          openOnFocus={false}
          comboboxProps={inside}
          onChange={(id) => id && onChange({ field: id })}
        />
      ) : (
        <OneValue {...props} />
      )}
      <Tooltip label={t(byField ? 'filter.compareValue' : 'filter.compareField')} withinPortal={false}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          aria-label={t(byField ? 'filter.compareValue' : 'filter.compareField')}
          aria-pressed={byField}
          onClick={() => onChange(byField ? blank(field, draft) : { field: fitting[0]?.id ?? '' })}
        >
          {byField ? <IconForms size={15} stroke={1.7} /> : <IconColumns3 size={15} stroke={1.7} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

const blank = (field: Field, { op }: Draft) => (formOf(field, op) === 'yes' ? true : null);
const plainNumber: NumberStyle = { precision: 0, thousands: false };

function styleOf(field: Field): NumberStyle {
  const shape = shapeOf(field);
  return (shape.as === 'number' && shape.style) || plainNumber;
}

function OneValue(props: ValueProps) {
  const { t } = useTranslation('base');
  const { draft, field, locale, onChange } = props;
  const { value } = draft;
  const label = t('filter.value');
  const form = formOf(field, draft.op);
  const shape = shapeOf(field);
  // What is, or is any of, these is so on the day.
  const onDay = shape.as !== 'date' || form === 'dates' || draft.op === 'is' || draft.op === 'is_not';
  const style = onDay ? { time: false } : shape.style;
  const dates = { value, style, locale, label, onChange };
  switch (form) {
    case 'nothing':
      return null;
    case 'yes':
      return <YesValue value={value === true} label={label} onChange={onChange} />;
    case 'date':
      return <DateValue {...dates} />;
    case 'dates':
    case 'dateRange':
      return <DateValues key={form} {...dates} range={form === 'dateRange'} />;
    case 'pick':
    case 'picks':
      return <PickedValue {...props} />;
    case 'texts':
    case 'numbers':
      return <SeveralValues key={`${field.id} ${form}`} {...props} />;
    case 'numberRange':
      return <RangeValue key={field.id} {...props} />;
    case 'box':
      return <BoxValue value={value} locale={locale} onChange={onChange} />;
    default:
      return (
        <TypedValue
          key={`${field.id} ${form}`}
          {...(form === 'number' ? { style: styleOf(field) } : {})}
          label={label}
          value={value}
          locale={locale}
          onChange={onChange}
        />
      );
  }
}

interface YesProps {
  value: boolean;
  label: string;
  onChange: (value: boolean) => void;
}

function YesValue({ value, label, onChange }: YesProps) {
  const { t } = useTranslation('base');
  return (
    <NativeSelect
      size="xs"
      flex={1}
      aria-label={label}
      value={value ? 'yes' : 'no'}
      data={[
        { value: 'yes', label: t('filter.checked') },
        { value: 'no', label: t('filter.unchecked') },
      ]}
      onChange={(event) => onChange(event.currentTarget.value === 'yes')}
    />
  );
}

/** Stands for the people of the viewer's departments among what is picked. */
const departments = 'departments';

function PickedValue({ draft, field, locale, impersonal, onChange }: ValueProps) {
  const { t } = useTranslation('base');
  const multiple = formOf(field, draft.op) === 'picks';
  const shape = shapeOf(field);
  const records = shape.as === 'record' ? idsOf(draft.value as CellValue) : [];
  const titles = useTitles(shape.as === 'record' ? shape.table : undefined, records);
  const people = useMemo<Locale>(() => {
    if (impersonal) return locale;
    const names = locale.names ?? nobody;
    const special = (id: string, name: string): [string, Named] => [id, { id, name, first: true }];
    const me = special('me', t('filter.me'));
    return {
      ...locale,
      names: {
        ...names,
        members: new Map([me, special(departments, t('filter.mine')), ...names.members]),
        groups: new Map([special(departments, t('filter.myGroups')), ...names.groups]),
      },
    };
  }, [locale, impersonal, t]);
  const picked = pickFieldOf(field, multiple);
  if (!picked) return null;
  const items = Array.isArray(draft.value) ? draft.value : draft.value === null ? [] : [draft.value];
  const shown = items.map((item) => {
    if (isMine(item)) return departments;
    return shape.as === 'record' ? { id: String(item), text: titles.get(String(item)) ?? '' } : item;
  });
  const sent = (ids: readonly string[]) => ids.map((id) => (id === departments ? mine : id));
  return (
    <PickBox
      inside
      field={picked}
      value={(multiple ? shown : (shown[0] ?? null)) as CellValue}
      locale={people}
      label={t('filter.value')}
      placeholder={t('filter.pick')}
      canCreate={false}
      onChange={(next) => onChange(multiple ? sent(idsOf(next)) : (idsOf(next)[0] ?? null))}
    />
  );
}

/** A field to pick the values from that a field is compared with. */
function pickFieldOf(field: Field, multiple: boolean): PickField | undefined {
  const shape = shapeOf(field);
  const own = { id: field.id, name: field.name };
  switch (shape.as) {
    case 'choice':
      return { ...own, type: multiple ? 'multi_select' : 'select', choices: choicesOf(field) };
    case 'member':
    case 'group':
      return { ...own, type: shape.as as 'member' | 'group', multiple };
    case 'record':
      return shape.table ? { ...own, type: 'link', table: shape.table, multiple } : undefined;
    default:
      return undefined;
  }
}

function SeveralValues({ draft, field, locale, onChange }: ValueProps) {
  const { t } = useTranslation('base');
  const style = formOf(field, draft.op) === 'numbers' ? styleOf(field) : undefined;
  const shown = (item: unknown) =>
    style && typeof item === 'number' ? editableNumber(item, style, locale.language) : String(item);
  const read = (text: string) => (style ? parseStyled(text, style, locale.language) : text);
  return (
    <TagsInput
      size="xs"
      flex={1}
      aria-label={t('filter.value')}
      placeholder={t('filter.enterSeveral')}
      value={Array.isArray(draft.value) ? draft.value.map(shown) : []}
      splitChars={style ? [] : ['\n', '\t', ';', ';']}
      acceptValueOnBlur
      comboboxProps={inside}
      onChange={(texts) => onChange(texts.map(read).filter((item) => item !== undefined && item !== null))}
    />
  );
}

function RangeValue({ draft, field, locale, onChange }: ValueProps) {
  const { t } = useTranslation('base');
  const pair: readonly unknown[] = Array.isArray(draft.value) ? draft.value : [null, null];
  const typed = (at: 0 | 1) => (
    <TypedValue
      style={styleOf(field)}
      label={t(at === 0 ? 'filter.from' : 'filter.to')}
      placeholder={t(at === 0 ? 'filter.from' : 'filter.to')}
      value={pair[at] ?? null}
      locale={locale}
      onChange={(next) => onChange(at === 0 ? [next, pair[1] ?? null] : [pair[0] ?? null, next])}
    />
  );
  return (
    <div className={classes.span}>
      {typed(0)}
      {typed(1)}
    </div>
  );
}

const sides = ['west', 'south', 'east', 'north'] as const;
const degrees: NumberStyle = { precision: 6, thousands: false };

function BoxValue({ value, locale, onChange }: { value: unknown; locale: Locale; onChange: (v: unknown) => void }) {
  const { t } = useTranslation('base');
  const box = sides.map((_, i) => sidesOf(value)[i] ?? null);
  return (
    <div className={classes.box}>
      {sides.map((side, at) => (
        <TypedValue
          key={side}
          style={degrees}
          label={t(`filter.box.${side}`)}
          placeholder={t(`filter.box.${side}`)}
          value={box[at]}
          locale={locale}
          onChange={(next) => onChange({ box: box.map((one, i) => (i === at ? next : one)) })}
        />
      ))}
    </div>
  );
}

interface TypedProps {
  /** Of a number. */
  style?: NumberStyle;
  label: string;
  placeholder?: string;
  value: unknown;
  locale: Locale;
  onChange: (value: unknown) => void;
}

/** Text or a number; asked for a moment after the last key, and not while an input method composes. */
function TypedValue({ style, label, placeholder, value, locale, onChange }: TypedProps) {
  const { t } = useTranslation('base');
  const [text, setText] = useState(() => {
    if (style && typeof value === 'number') return editableNumber(value, style, locale.language);
    return value === null || value === undefined ? '' : String(value);
  });
  const [composing, setComposing] = useState(false);
  const parsed = style ? parseStyled(text, style, locale.language) : text;
  const next = text.trim() === '' ? null : parsed;
  // The rest of the filter may change before the moment is over.
  const latest = useRef(onChange);
  latest.current = onChange;
  const differs = !composing && next !== undefined && next !== (value ?? null);
  const waiting = useRef<(() => void) | undefined>(undefined);
  waiting.current = differs ? () => latest.current(next) : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed counts
  useEffect(() => {
    if (!differs) return;
    const timer = setTimeout(() => waiting.current?.(), 250);
    return () => clearTimeout(timer);
  }, [text, composing]);
  // What was typed last counts also when the window is closed at once.
  useEffect(() => () => waiting.current?.(), []);
  return (
    <TextInput
      size="xs"
      flex={1}
      miw={0}
      aria-label={label}
      placeholder={placeholder ?? t('filter.enter')}
      inputMode={style ? 'decimal' : 'text'}
      value={text}
      error={next === undefined}
      onChange={(event) => setText(event.currentTarget.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onBlur={() => waiting.current?.()}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) waiting.current?.();
      }}
    />
  );
}
