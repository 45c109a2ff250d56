/** Something to pick by. What is picked is one's own, and stands in the address of the page. */
import { ActionIcon, NativeSelect } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { newCondition, withOperator } from '../filter/model';
import { operatorsOf } from '../filter/operators';
import { ValueEditor } from '../filter/ValueEditor';
import type { Base, Operator } from '../model';
import classes from './Dashboard.module.css';
import { type ControlKind, fieldIn, type Picked } from './model';

interface Props {
  id: string;
  kind: ControlKind;
  base: Base;
  picked: Picked | undefined;
  locale: Locale;
  onPick: (picked: Picked | null) => void;
}

export function Control({ id, kind, base, picked, locale, onPick }: Props) {
  const { t } = useTranslation('dashboards');
  const { t: tBase } = useTranslation('base');
  const there = kind.fields.find((one) => fieldIn(base, one.table, one.field));
  const field = there && fieldIn(base, there.table, there.field);
  if (!field) return null;
  const usual = newCondition(field);
  const draft = picked
    ? { kind: 'condition' as const, field: field.id, op: picked.op, value: picked.value ?? null }
    : usual;
  const operators = operatorsOf(field);
  return (
    <div className={classes.control}>
      <span className={classes.controlName}>{field.name}</span>
      <NativeSelect
        size="xs"
        aria-label={t('howToPick', { field: field.name })}
        data={operators.map((op) => ({ value: op, label: tBase(`op.${op}`) }))}
        value={draft.op}
        onChange={(event) => {
          const next = withOperator(draft, event.currentTarget.value as Operator, field);
          onPick({ widget: id, op: next.op, value: next.value });
        }}
      />
      <div className={classes.controlValue}>
        <ValueEditor
          draft={draft}
          field={field}
          outer={[]}
          locale={locale}
          impersonal={false}
          onChange={(value) => onPick({ widget: id, op: draft.op, value })}
        />
      </div>
      {picked && (
        <ActionIcon size={24} aria-label={t('clearPick')} onClick={() => onPick(null)}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </div>
  );
}
