import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../../grid/model';
import { FieldIcon } from '../fields/FieldIcon';

interface Props {
  label: string;
  description?: string;
  /** Those that can be picked. */
  fields: readonly Field[];
  value: string | null | undefined;
  /** Whether it may name none. */
  isOptional: boolean;
  onChange: (field: string | null) => void;
}

/** Picks the field that a view takes for something. */
export function FieldSelect({ label, description, fields, value, isOptional, onChange }: Props) {
  const { t } = useTranslation('view');
  const picked = fields.find((field) => field.id === value);
  return (
    <Select
      size="xs"
      label={label}
      description={description}
      placeholder={t(fields.length === 0 ? 'noSuchField' : isOptional ? 'noField' : 'pickField')}
      leftSection={picked && <FieldIcon type={picked.type} size={14} />}
      data={fields.map((field) => ({ value: field.id, label: field.name }))}
      value={picked?.id ?? null}
      clearable={isOptional}
      allowDeselect={isOptional}
      searchable={fields.length > 8}
      comboboxProps={{ withinPortal: false }}
      onChange={onChange}
    />
  );
}
