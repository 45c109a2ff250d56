import type { Icon } from '@tabler/icons-react';
import type { Field } from '../../../grid/model';
import { EmptyState } from '../../../ui/States';
import { FieldSelect } from './FieldSelect';

interface Props {
  icon: Icon;
  title: string;
  /** Which fields are meant. */
  hint: string;
  label: string;
  fields: readonly Field[];
  onPick: (field: string) => void;
}

/** Stands where a view would be whose kind does not know yet which field it is drawn by. */
export function AskField({ icon, title, hint, label, fields, onPick }: Props) {
  return (
    <EmptyState icon={icon} title={title} hint={hint}>
      <FieldSelect
        label={label}
        fields={fields}
        value={null}
        isOptional={false}
        onChange={(field) => field && onPick(field)}
      />
    </EmptyState>
  );
}
