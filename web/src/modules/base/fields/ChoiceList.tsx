import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconGripVertical, IconPlus, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { nextColor } from '../../../grid/palette';
import { useDrag } from '../../../ui/useDrag';
import type { ChoiceInput } from '../api';
import classes from '../Base.module.css';
import { ColorPick } from './ColorPick';
import { type FieldDraft, keyed } from './draft';

export interface OptionsProps {
  draft: FieldDraft;
  set: (change: Partial<FieldDraft>) => void;
}

/** The choices of a select field, in order, with their colours. */
export function ChoiceList({ draft, set }: OptionsProps) {
  const { t } = useTranslation('base');
  const list = useRef<HTMLDivElement>(null);
  const { choices } = draft;
  const move = (from: number, to: number) => {
    const next = [...choices];
    next.splice(to, 0, ...next.splice(from, 1));
    set({ choices: next });
  };
  const drag = useDrag(choices.length, move);
  const change = (i: number, part: Partial<ChoiceInput>) =>
    set({ choices: choices.map((choice, k) => (k === i ? { ...choice, ...part } : choice)) });
  function add() {
    set({ choices: [...choices, keyed({ name: '', color: nextColor(choices.map((choice) => choice.color)) })] });
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLInputElement>('[data-choice]:last-child input')?.focus(),
    );
  }
  return (
    <fieldset style={{ border: 0, padding: 0, margin: '12px 0 0', minWidth: 0 }}>
      <legend className={classes.entryLabel}>{t('field.choices')}</legend>
      <div ref={list} className={classes.rows} style={{ maxHeight: 220 }}>
        {choices.map((choice, i) => (
          <div key={choice.key} data-choice className={classes.line} style={{ padding: 0 }} {...drag.line(i)}>
            <button type="button" className={classes.grip} aria-label={t('moveKeys')} {...drag.handle(i)}>
              <IconGripVertical size={14} />
            </button>
            <ColorPick color={choice.color} onPick={(color) => change(i, { color })} />
            <TextInput
              size="xs"
              flex={1}
              value={choice.name}
              aria-label={t('field.choiceName')}
              onChange={(event) => change(i, { name: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
                event.preventDefault();
                add();
              }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={t('field.removeChoice', { name: choice.name })}
              onClick={() => set({ choices: choices.filter((_, k) => k !== i) })}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
      </div>
      <Button variant="subtle" size="compact-sm" mt={4} leftSection={<IconPlus size={14} />} onClick={add}>
        {t('field.addChoice')}
      </Button>
    </fieldset>
  );
}
