import { Textarea } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CellValue, Field } from '../../../../grid/model';
import classes from './Kanban.module.css';

interface Props {
  title: Field;
  open: boolean;
  onOpen: (open: boolean) => void;
  onAdd: (cells: Record<string, CellValue>) => void;
}

/** Makes cards at the foot of a column: a name, Enter, the next name. Where records are not called by a text, an empty card. */
export function NewCard({ title, open, onOpen, onAdd }: Props) {
  const { t } = useTranslation('view');
  const [text, setText] = useState('');
  const isText = title.type === 'text';
  function save() {
    const name = text.trim();
    if (name !== '') onAdd({ [title.id]: name });
    setText('');
  }
  if (!open || !isText) {
    return (
      <button type="button" className={classes.new} onClick={() => (isText ? onOpen(true) : onAdd({}))}>
        <IconPlus size={15} stroke={1.8} />
        {t('kanban.add')}
      </button>
    );
  }
  return (
    <div className={classes.composer}>
      <Textarea
        data-autofocus
        autoFocus
        autosize
        minRows={1}
        maxRows={5}
        size="sm"
        value={text}
        placeholder={t('kanban.addHint')}
        aria-label={t('kanban.add')}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => {
          save();
          onOpen(false);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter' && !event.shiftKey) save();
          else if (event.key === 'Escape') {
            setText('');
            event.currentTarget.value = '';
            onOpen(false);
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
    </div>
  );
}
