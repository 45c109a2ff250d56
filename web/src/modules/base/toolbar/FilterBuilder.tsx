import { ActionIcon, Button, NativeSelect, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PickField } from '../../../grid/editor/picks';
import type { Locale } from '../../../grid/format';
import { type CellValue, choicesOf, type Field, idsOf, type NumberStyle } from '../../../grid/model';
import { editableNumber, parseStyled } from '../../../grid/numbers';
import { shapeOf } from '../../../grid/shape';
import classes from '../Base.module.css';
import { DateField } from '../fields/DateField';
import { FieldIcon } from '../fields/FieldIcon';
import { PickBox } from '../fields/PickBox';
import {
  addPart,
  type Draft,
  emptyGroup,
  type Group,
  isFieldValue,
  newCondition,
  type Part,
  type Path,
  removePart,
  replacePart,
  withFieldOf,
  withOperator,
} from '../filter-model';
import { type Compared, comparedAs, type Operator, operatorsOf, takesList, takesNothing } from '../model';

interface Props {
  fields: readonly Field[];
  group: Group;
  locale: Locale;
  /** Fields of the record that looks, which conditions may compare with. */
  outer?: readonly Field[];
  /** What is said when there are no conditions. */
  none?: string;
  onChange: (group: Group) => void;
}

// A press on something in a portal would count as one outside of the popover, and close it.
const inside = { withinPortal: false } as const;

/** Conditions in groups that may be nested. What is incomplete does not filter yet. */
export function FilterBuilder({ fields, group, locale, outer, none, onChange }: Props) {
  const { t } = useTranslation('base');
  return (
    <div className={classes.filter}>
      <div className={classes.popTitle}>
        {group.parts.length === 0 ? (none ?? t('filter.none')) : t('filter.title')}
      </div>
      <GroupEditor
        root={group}
        path={[]}
        group={group}
        fields={fields.filter((field) => operatorsOf(field).length > 0)}
        outer={outer ?? []}
        locale={locale}
        onChange={onChange}
      />
    </div>
  );
}

interface GroupProps {
  root: Group;
  path: Path;
  group: Group;
  fields: readonly Field[];
  outer: readonly Field[];
  locale: Locale;
  onChange: (root: Group) => void;
}

function GroupEditor({ root, path, group, fields, outer, locale, onChange }: GroupProps) {
  const { t } = useTranslation('base');
  const [first] = fields;
  const set = (at: Path, part: Part) => onChange(replacePart(root, at, part));
  const lead = (i: number) => {
    if (i === 0) return <span className={classes.word}>{t('filter.where')}</span>;
    if (i > 1) return <span className={classes.word}>{t(group.all ? 'filter.and' : 'filter.or')}</span>;
    return (
      <NativeSelect
        size="xs"
        aria-label={t('filter.conjunction')}
        value={group.all ? 'and' : 'or'}
        data={[
          { value: 'and', label: t('filter.and') },
          { value: 'or', label: t('filter.or') },
        ]}
        onChange={(event) => set(path, { ...group, all: event.currentTarget.value === 'and' })}
      />
    );
  };
  return (
    <>
      {group.parts.map((part, i) => {
        const at = [...path, i];
        const key = at.join('.');
        return (
          <div key={key} className={classes.condition}>
            {lead(i)}
            {part.kind === 'group' ? (
              <div className={classes.group}>
                <div className={classes.groupHead}>
                  {t(part.all ? 'filter.allOf' : 'filter.anyOf')}
                  <Remove label={t('filter.removeGroup')} onClick={() => onChange(removePart(root, at))} />
                </div>
                <GroupEditor
                  root={root}
                  path={at}
                  group={part}
                  fields={fields}
                  outer={outer}
                  locale={locale}
                  onChange={onChange}
                />
              </div>
            ) : (
              <ConditionEditor
                draft={part}
                fields={fields}
                outer={outer}
                locale={locale}
                onChange={(next) => set(at, next)}
                onRemove={() => onChange(removePart(root, at))}
              />
            )}
          </div>
        );
      })}
      <div className={classes.foot}>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => first && onChange(addPart(root, path, newCondition(first)))}
        >
          {t('filter.add')}
        </Button>
        {path.length < 2 && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() =>
              first && onChange(addPart(root, path, { ...emptyGroup, all: !group.all, parts: [newCondition(first)] }))
            }
          >
            {t('filter.addGroup')}
          </Button>
        )}
        {path.length === 0 && group.parts.length > 0 && (
          <Button variant="subtle" color="gray" size="compact-sm" ml="auto" onClick={() => onChange(emptyGroup)}>
            {t('filter.clear')}
          </Button>
        )}
      </div>
    </>
  );
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={onClick}>
      <IconTrash size={15} stroke={1.7} />
    </ActionIcon>
  );
}

interface ConditionProps {
  draft: Draft;
  fields: readonly Field[];
  outer: readonly Field[];
  locale: Locale;
  onChange: (draft: Draft) => void;
  onRemove: () => void;
}

function ConditionEditor({ draft, fields, outer, locale, onChange, onRemove }: ConditionProps) {
  const { t } = useTranslation('base');
  const field = fields.find((f) => f.id === draft.field);
  const date = field && comparedAs(field) === 'date';
  return (
    <>
      <div>
        <Select
          size="xs"
          aria-label={t('filter.field')}
          data={fields.map((f) => ({ value: f.id, label: f.name }))}
          value={draft.field}
          leftSection={field && <FieldIcon type={field.type} size={14} />}
          allowDeselect={false}
          searchable={fields.length > 8}
          comboboxProps={inside}
          onChange={(id) => {
            const next = fields.find((f) => f.id === id);
            if (next) onChange(withFieldOf(draft, next, field));
          }}
        />
      </div>
      <div className={classes.second}>
        <Select
          size="xs"
          aria-label={t('filter.operator')}
          data={(field ? operatorsOf(field) : []).map((op) => ({
            value: op,
            label: t(date && ['gt', 'gte', 'lt', 'lte'].includes(op) ? `op.date.${op}` : `op.${op}`),
          }))}
          value={draft.op}
          allowDeselect={false}
          comboboxProps={inside}
          onChange={(op) => op && field && onChange(withOperator(draft, op as Operator, field))}
        />
      </div>
      <div className={classes.second}>
        {field && !takesNothing(draft.op) && (
          <ComparedWith
            draft={draft}
            field={field}
            outer={outer}
            locale={locale}
            onChange={(value) => onChange({ ...draft, value })}
          />
        )}
      </div>
      <div className={classes.last}>
        <Remove label={t('filter.remove')} onClick={onRemove} />
      </div>
    </>
  );
}

interface ValueProps {
  draft: Draft;
  field: Field;
  locale: Locale;
  onChange: (value: unknown) => void;
}

/** A value, or a field of the record that looks. */
function ComparedWith({ outer, ...props }: ValueProps & { outer: readonly Field[] }) {
  const { t } = useTranslation('base');
  const { draft, field, onChange } = props;
  const wanted = comparedAs(field);
  const fitting = outer.filter((one) => comparable(comparedAs(one), wanted));
  const { value } = draft;
  if (fitting.length === 0 && !isFieldValue(value)) return <ValueEditor {...props} />;
  return (
    <div className={classes.compared}>
      <NativeSelect
        size="xs"
        aria-label={t('field:condition.with')}
        value={isFieldValue(value) ? 'field' : 'value'}
        data={[
          { value: 'value', label: t('field:condition.value') },
          { value: 'field', label: t('field:condition.field') },
        ]}
        onChange={(event) => onChange(event.currentTarget.value === 'field' ? { field: fitting[0]?.id ?? '' } : null)}
      />
      {isFieldValue(value) ? (
        <Select
          size="xs"
          aria-label={t('field:condition.field')}
          data={fitting.map((one) => ({ value: one.id, label: one.name }))}
          value={value.field}
          allowDeselect={false}
          comboboxProps={inside}
          onChange={(id) => id && onChange({ field: id })}
        />
      ) : (
        <ValueEditor {...props} />
      )}
    </div>
  );
}

const comparable = (a: Compared, b: Compared): boolean => {
  const kind = (one: Compared) => (one === 'multi_select' || one === 'select' ? 'text' : one);
  return a !== 'none' && (kind(a) === kind(b) || kind(a) === 'text' || kind(b) === 'text');
};

function ValueEditor({ draft, field, locale, onChange }: ValueProps) {
  const { t } = useTranslation('base');
  const { value } = draft;
  const label = t('filter.value');
  const compared = comparedAs(field);
  const shape = shapeOf(field);
  if (compared === 'checkbox') {
    return (
      <NativeSelect
        size="xs"
        aria-label={label}
        value={value === true ? 'yes' : 'no'}
        data={[
          { value: 'yes', label: t('filter.checked') },
          { value: 'no', label: t('filter.unchecked') },
        ]}
        onChange={(event) => onChange(event.currentTarget.value === 'yes')}
      />
    );
  }
  if (shape.as === 'date') {
    const current = typeof value === 'string' || typeof value === 'number' ? value : null;
    return (
      <DateField
        inside
        size="xs"
        label={label}
        value={current}
        style={shape.style}
        locale={locale}
        onChange={onChange}
      />
    );
  }
  const picked = draft.op === 'contains' || draft.op === 'not_contains' ? undefined : pickFieldOf(field);
  if (picked) {
    const multiple = takesList(field, draft.op);
    return (
      <PickBox
        inside
        field={multiple ? picked : single(picked)}
        value={value as CellValue}
        locale={locale}
        label={label}
        placeholder={t('filter.pick')}
        canCreate={false}
        onChange={(next) => onChange(multiple ? idsOf(next) : (idsOf(next)[0] ?? null))}
      />
    );
  }
  const style = shape.as === 'number' ? (shape.style ?? plainNumber) : undefined;
  return <TypedValue key={field.id} {...(style ? { style } : {})} value={value} locale={locale} onChange={onChange} />;
}

const plainNumber: NumberStyle = { precision: 0, thousands: false };

/** A field to pick the values from that a field is compared with. */
function pickFieldOf(field: Field): PickField | undefined {
  const shape = shapeOf(field);
  const own = { id: field.id, name: field.name };
  switch (shape.as) {
    case 'choice':
      return { ...own, type: 'multi_select', choices: choicesOf(field) };
    case 'member':
    case 'group':
      return { ...own, type: shape.as as 'member' | 'group', multiple: true };
    case 'record':
      return shape.table ? { ...own, type: 'link', table: shape.table, multiple: true } : undefined;
    default:
      return undefined;
  }
}
const single = (field: PickField): PickField =>
  field.type === 'multi_select' ? { ...field, type: 'select' } : ({ ...field, multiple: false } as PickField);

interface TypedProps {
  /** Of a number. */
  style?: NumberStyle;
  value: unknown;
  locale: Locale;
  onChange: (value: unknown) => void;
}

/** Text or a number; asked for a moment after the last key. */
function TypedValue({ style, value, locale, onChange }: TypedProps) {
  const { t } = useTranslation('base');
  const [text, setText] = useState(() => {
    if (style && typeof value === 'number') return editableNumber(value, style, locale.language);
    return value === null || value === undefined ? '' : String(value);
  });
  const parsed = style ? parseStyled(text, style, locale.language) : text;
  const next = text.trim() === '' ? null : parsed;
  // The rest of the filter may change before the moment is over.
  const latest = useRef(onChange);
  latest.current = onChange;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed counts
  useEffect(() => {
    if (next === undefined || next === (value ?? null)) return;
    const timer = setTimeout(() => latest.current(next), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <TextInput
      size="xs"
      aria-label={t('filter.value')}
      placeholder={t('filter.enter')}
      inputMode={style ? 'decimal' : 'text'}
      value={text}
      error={next === undefined}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
