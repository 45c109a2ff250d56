import { ActionIcon, Button, NativeSelect, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Locale, parseNumber } from '../../../grid/format';
import { choicesOf, type Field } from '../../../grid/model';
import classes from '../Base.module.css';
import { ChoiceField } from '../fields/ChoiceField';
import { DateField } from '../fields/DateField';
import { FieldIcon } from '../fields/FieldIcon';
import {
  addPart,
  type Draft,
  emptyGroup,
  type Group,
  newCondition,
  type Part,
  type Path,
  removePart,
  replacePart,
  withFieldOf,
  withOperator,
} from '../filter-model';
import { type Operator, operators, takesList, takesNothing } from '../model';

interface Props {
  fields: readonly Field[];
  group: Group;
  locale: Locale;
  onChange: (group: Group) => void;
}

// A press on something in a portal would count as one outside of the popover, and close it.
const inside = { withinPortal: false } as const;

/** Conditions in groups that may be nested. What is incomplete does not filter yet. */
export function FilterBuilder({ fields, group, locale, onChange }: Props) {
  const { t } = useTranslation('base');
  return (
    <div className={classes.filter}>
      <div className={classes.popTitle}>{group.parts.length === 0 ? t('filter.none') : t('filter.title')}</div>
      <GroupEditor root={group} path={[]} group={group} fields={fields} locale={locale} onChange={onChange} />
    </div>
  );
}

interface GroupProps {
  root: Group;
  path: Path;
  group: Group;
  fields: readonly Field[];
  locale: Locale;
  onChange: (root: Group) => void;
}

function GroupEditor({ root, path, group, fields, locale, onChange }: GroupProps) {
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
                <GroupEditor root={root} path={at} group={part} fields={fields} locale={locale} onChange={onChange} />
              </div>
            ) : (
              <ConditionEditor
                draft={part}
                fields={fields}
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
  locale: Locale;
  onChange: (draft: Draft) => void;
  onRemove: () => void;
}

function ConditionEditor({ draft, fields, locale, onChange, onRemove }: ConditionProps) {
  const { t } = useTranslation('base');
  const field = fields.find((f) => f.id === draft.field);
  const date = field?.type === 'date';
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
          data={(field ? operators[field.type] : []).map((op) => ({
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
          <ValueEditor
            draft={draft}
            field={field}
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

function ValueEditor({ draft, field, locale, onChange }: ValueProps) {
  const { t } = useTranslation('base');
  const { value } = draft;
  const label = t('filter.value');
  if (field.type === 'checkbox') {
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
  if (field.type === 'date') {
    const current = typeof value === 'string' || typeof value === 'number' ? value : null;
    return (
      <DateField inside size="xs" label={label} value={current} time={field.time} locale={locale} onChange={onChange} />
    );
  }
  if (field.type === 'select' || field.type === 'multi_select') {
    const multiple = takesList(field.type, draft.op);
    const ids = Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
    return (
      <ChoiceField
        inside
        choices={choicesOf(field)}
        value={ids}
        multiple={multiple}
        label={label}
        placeholder={t('filter.pick')}
        onChange={(next) => onChange(multiple ? next : (next[0] ?? null))}
      />
    );
  }
  return (
    <TypedValue key={field.id} number={field.type === 'number'} value={value} locale={locale} onChange={onChange} />
  );
}

interface TypedProps {
  number: boolean;
  value: unknown;
  locale: Locale;
  onChange: (value: unknown) => void;
}

/** Text or a number; asked for a moment after the last key. */
function TypedValue({ number, value, locale, onChange }: TypedProps) {
  const { t } = useTranslation('base');
  const [text, setText] = useState(value === null || value === undefined ? '' : String(value));
  const parsed = number ? parseNumber(text, locale.language) : text;
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
      inputMode={number ? 'decimal' : 'text'}
      value={text}
      error={next === undefined}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
