import { TextInput } from '@mantine/core';
import { IconCheck, IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../Base.module.css';
import { groups, type Variant, VariantIcon } from './variants';

interface Props {
  value: Variant;
  /** Those that can be chosen. */
  among: (variant: Variant) => boolean;
  onPick: (variant: Variant) => void;
}

/** The list of types, in groups, that can be searched in this language and in English. */
export function TypePicker({ value, among, onPick }: Props) {
  const { t } = useTranslation('field');
  const id = useId();
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLowerCase();
  const found = groups
    .map(({ key, variants }) => ({
      key,
      variants: variants.filter(
        (variant) =>
          among(variant) &&
          [t(`type.${variant}`), t(`about.${variant}`), variant.replace('_', ' ')].some((text) =>
            text.toLowerCase().includes(wanted),
          ),
      ),
    }))
    .filter(({ variants }) => variants.length > 0);
  const all = found.flatMap(({ variants }) => variants);
  const [highlight, setHighlight] = useState(() => Math.max(0, all.indexOf(value)));
  const current = Math.min(highlight, all.length - 1);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => search.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${current}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  return (
    <div>
      <TextInput
        ref={search}
        size="xs"
        leftSection={<IconSearch size={14} />}
        placeholder={t('findType')}
        aria-label={t('findType')}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={all.length > 0 ? `${id}-${current}` : undefined}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setHighlight(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          const variant = all[current];
          if (by !== 0) setHighlight((current + by + all.length) % Math.max(1, all.length));
          else if (event.key === 'Enter' && variant) onPick(variant);
          else return;
          event.preventDefault();
        }}
      />
      <div ref={list} id={id} role="listbox" aria-label={t('findType')} className={classes.types}>
        {found.map(({ key, variants }) => (
          <div key={key} role="group" aria-label={t(`groups.${key}`)}>
            <div className={classes.popTitle}>{t(`groups.${key}`)}</div>
            {variants.map((variant) => {
              const at = all.indexOf(variant);
              return (
                <button
                  type="button"
                  role="option"
                  tabIndex={-1}
                  id={`${id}-${at}`}
                  key={variant}
                  data-at={at}
                  data-on={at === current}
                  aria-selected={variant === value}
                  className={classes.type}
                  title={t(`about.${variant}`)}
                  onPointerMove={() => setHighlight(at)}
                  onClick={() => onPick(variant)}
                >
                  <VariantIcon variant={variant} size={16} />
                  <span className={classes.clip}>{t(`type.${variant}`)}</span>
                  {variant === value && <IconCheck size={14} stroke={2.2} />}
                </button>
              );
            })}
          </div>
        ))}
        {all.length === 0 && <div className={classes.popTitle}>{t('noType')}</div>}
      </div>
    </div>
  );
}
