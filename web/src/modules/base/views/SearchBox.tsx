import { CloseButton, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type Ref, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../Base.module.css';

interface Props {
  inputRef: Ref<HTMLInputElement>;
  text: string;
  onText: (text: string) => void;
}

/** What was typed counts a moment after the last key. */
const pause = 180;

/** The field that narrows a view to the records that have a text. */
export function SearchBox({ inputRef, text, onText }: Props) {
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
  return (
    <div className={classes.find} data-on={text !== ''} role="search">
      <TextInput
        ref={inputRef}
        className={classes.search}
        size="xs"
        value={typed}
        placeholder={t(narrow ? 'search.short' : 'search.placeholder')}
        aria-label={t('search.placeholder')}
        leftSection={<IconSearch size={14} />}
        rightSection={
          typed !== '' && <CloseButton size="xs" aria-label={t('search.clear')} onClick={() => setTyped('')} />
        }
        onChange={(event) => setTyped(event.currentTarget.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          setTyped('');
        }}
      />
    </div>
  );
}
