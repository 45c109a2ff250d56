/** The field to find text in the view: how many records have it, and the way from one to the next. */
import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconFilter, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, type Ref, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../Base.module.css';
import type { Finding } from './useFind';

interface Props {
  inputRef: Ref<HTMLInputElement>;
  text: string;
  finding: Finding;
  /** Only the records that have it are shown. */
  narrowed: boolean;
  onText: (text: string) => void;
  onNarrow: (narrowed: boolean) => void;
  /** The focus goes back to the grid. */
  onLeave: () => void;
}

/** What was typed counts a moment after the last key. */
const pause = 180;

export function FindBox({ inputRef, text, finding, narrowed, onText, onNarrow, onLeave }: Props) {
  const { t } = useTranslation('base');
  const narrow = useMediaQuery('(max-width: 860px)', false, { getInitialValueInEffect: false }) ?? false;
  const [typed, setTyped] = useState(text);
  const [composing, setComposing] = useState(false);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (composing || typed.trim() === text) return;
    const timer = setTimeout(() => onText(typed.trim()), typed === '' ? 0 : pause);
    return () => clearTimeout(timer);
  }, [typed, text, composing, onText]);
  const { total, number } = finding;
  const on = text !== '';
  return (
    <div className={classes.find} data-on={on} role="search">
      <TextInput
        ref={inputRef}
        className={classes.search}
        size="xs"
        value={typed}
        placeholder={t(narrow ? 'search.short' : 'search.placeholder')}
        aria-label={t('search.placeholder')}
        leftSection={<IconSearch size={14} />}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') {
            if (typed.trim() !== text) onText(typed.trim());
            else if (event.shiftKey) finding.previous();
            else finding.next();
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            if (typed === '') onLeave();
            else {
              setTyped('');
              onText('');
            }
          } else return;
          event.preventDefault();
        }}
      />
      {on && (
        <>
          <span className={classes.findCount} aria-live="polite" data-none={total === 0}>
            {total === null ? '' : total === 0 ? t('search.none') : t('search.count', { number, total })}
          </span>
          <Tool label={t('search.previous')} disabled={!total} onClick={finding.previous}>
            <IconChevronUp size={15} />
          </Tool>
          <Tool label={t('search.next')} disabled={!total} onClick={finding.next}>
            <IconChevronDown size={15} />
          </Tool>
          <Tool label={t('search.narrow')} pressed={narrowed} onClick={() => onNarrow(!narrowed)}>
            <IconFilter size={14} />
          </Tool>
          <Tool label={t('search.clear')} onClick={() => onText('')}>
            <IconX size={14} />
          </Tool>
        </>
      )}
    </div>
  );
}

interface ToolProps {
  label: string;
  disabled?: boolean;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Tool({ label, disabled = false, pressed, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'skein' : 'gray'}
        size={26}
        aria-label={label}
        disabled={disabled}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
