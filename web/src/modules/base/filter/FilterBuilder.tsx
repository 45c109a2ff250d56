/** Conditions in groups that may be nested. What is incomplete is marked, and does not filter yet. */
import { ActionIcon, Button, NativeSelect, Select } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { Field } from '../../../grid/model';
import classes from '../Base.module.css';
import { FieldIcon } from '../fields/FieldIcon';
import { comparedAs, type Operator } from '../model';
import {
  addPart,
  type Draft,
  emptyGroup,
  type Group,
  isComplete,
  newCondition,
  type Part,
  type Path,
  removePart,
  replacePart,
  withFieldOf,
  withOperator,
} from './model';
import { operatorsOf } from './operators';
import { isCount } from './sentence';
import { ValueEditor } from './ValueEditor';

interface Props {
  fields: readonly Field[];
  group: Group;
  locale: Locale;
  /** Fields that conditions may compare with: of the record itself, or of the one that looks. */
  outer?: readonly Field[];
  /** What is said when there are no conditions. */
  none?: string;
  /** Nothing stands over them. */
  bare?: boolean;
  /** Of a lookup, which finds the same whoever looks. */
  impersonal?: boolean;
  onChange: (group: Group) => void;
}

// A press on something in a portal would count as one outside of the popover, and close it.
const inside = { withinPortal: false, floatingStrategy: 'fixed' } as const;

/** How deep groups may stand in each other; the server takes 16. */
const deepest = 4;

export function FilterBuilder({
  fields,
  group,
  locale,
  outer,
  none,
  bare = false,
  impersonal = false,
  onChange,
}: Props) {
  const { t } = useTranslation('base');
  return (
    <div className={classes.filter}>
      {!(bare && group.parts.length > 0) && (
        <div className={classes.popTitle}>
          {group.parts.length === 0 ? (none ?? t('filter.none')) : t('filter.title')}
        </div>
      )}
      <GroupEditor
        root={group}
        path={[]}
        group={group}
        fields={fields.filter((field) => operatorsOf(field).length > 0)}
        outer={outer ?? []}
        locale={locale}
        impersonal={impersonal}
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
  impersonal: boolean;
  onChange: (root: Group) => void;
}

function GroupEditor({ root, path, group, ...rest }: GroupProps) {
  const { t } = useTranslation('base');
  const { fields, onChange } = rest;
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
        // Parts have no names but their places; these mean something else when there are more or fewer.
        const key = `${at.join('.')} ${group.parts.length}`;
        return part.kind === 'group' ? (
          <fieldset key={key} className={classes.group} aria-label={t(part.all ? 'filter.allOf' : 'filter.anyOf')}>
            <div className={classes.groupHead}>
              {lead(i)}
              {t(part.all ? 'filter.allOf' : 'filter.anyOf')}
              <span className={classes.grow} />
              <Remove label={t('filter.removeGroup')} onClick={() => onChange(removePart(root, at))} />
            </div>
            <GroupEditor root={root} path={at} group={part} {...rest} />
          </fieldset>
        ) : (
          <ConditionEditor
            key={key}
            lead={lead(i)}
            draft={part}
            {...rest}
            onChange={(next) => set(at, next)}
            onRemove={() => onChange(removePart(root, at))}
          />
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
        {path.length < deepest && (
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

interface ConditionProps extends Pick<GroupProps, 'fields' | 'outer' | 'locale' | 'impersonal'> {
  lead: ReactNode;
  draft: Draft;
  onChange: (draft: Draft) => void;
  onRemove: () => void;
}

function ConditionEditor({ lead, draft, fields, outer, locale, impersonal, onChange, onRemove }: ConditionProps) {
  const { t } = useTranslation('base');
  const field = fields.find((f) => f.id === draft.field);
  const incomplete = !isComplete(draft, fields);
  return (
    <div
      className={classes.condition}
      data-incomplete={incomplete}
      {...(incomplete ? { title: t('filter.incomplete') } : {})}
    >
      {lead}
      <div>
        <Select
          size="xs"
          aria-label={t('filter.field')}
          data={fields.map((f) => ({ value: f.id, label: f.name }))}
          value={field ? draft.field : null}
          placeholder={t('filter.gone')}
          leftSection={field && <FieldIcon type={field.type} size={14} />}
          allowDeselect={false}
          searchable={fields.length > 8}
          openOnFocus={false}
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
            label: operatorText(t, field, op),
          }))}
          value={draft.op}
          allowDeselect={false}
          maxDropdownHeight={280}
          comboboxProps={inside}
          onChange={(op) => op && field && onChange(withOperator(draft, op as Operator, field))}
        />
      </div>
      <div className={classes.second}>
        {field && (
          <ValueEditor
            draft={draft}
            field={field}
            outer={outer}
            locale={locale}
            impersonal={impersonal}
            onChange={(value) => onChange({ ...draft, value })}
          />
        )}
      </div>
      <div className={classes.last}>
        <Remove label={t('filter.remove')} onClick={onRemove} />
      </div>
      {incomplete && <span className={classes.incomplete}>{t('filter.incomplete')}</span>}
    </div>
  );
}

/** An operator in words that fit what the field holds. */
function operatorText(t: TFunction<'base'>, field: Field | undefined, op: Operator): string {
  const compared = field && comparedAs(field);
  if (compared === 'date' && (op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte')) return t(`op.date.${op}`);
  if (compared === 'file' && isCount(op)) return t(`op.count.${op}`);
  return t(`op.${op}`);
}
