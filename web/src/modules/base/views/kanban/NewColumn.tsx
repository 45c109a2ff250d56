import { TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../../../grid/model';
import { MemberSelect } from '../../../../ui/MemberSelect';
import classes from './Kanban.module.css';

interface Props {
  field: Field;
  /** Values that have a column. */
  taken: readonly (string | null)[];
  onChoice: (name: string) => void;
  onPerson: (member: string) => void;
}

/** Makes a column: of a new choice, or of a person. Columns of linked records come with the first card. */
export function NewColumn({ field, taken, onChoice, onPerson }: Props) {
  const { t } = useTranslation('view');
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  if (field.type !== 'select' && field.type !== 'member') return null;
  if (!open) {
    return (
      <button type="button" className={classes.quiet} onClick={() => setOpen(true)}>
        <IconPlus size={15} stroke={1.8} />
        {t('kanban.addColumn')}
      </button>
    );
  }
  const close = () => {
    setName('');
    setOpen(false);
  };
  if (field.type === 'member') {
    return (
      <MemberSelect
        size="xs"
        autoFocus
        defaultDropdownOpened
        aria-label={t('kanban.addColumn')}
        among={(member) => member.active && !taken.includes(member.id)}
        onBlur={close}
        onChange={(id) => {
          close();
          if (id) onPerson(id);
        }}
      />
    );
  }
  return (
    <TextInput
      size="xs"
      autoFocus
      value={name}
      maxLength={200}
      placeholder={t('kanban.columnName')}
      aria-label={t('kanban.columnName')}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={close}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter' && name.trim() !== '') {
          onChoice(name.trim());
          close();
        } else if (event.key === 'Escape') close();
      }}
    />
  );
}
