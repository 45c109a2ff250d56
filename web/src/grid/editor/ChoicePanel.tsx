import { IconCheck, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../Chip';
import classes from '../Grid.module.css';
import type { Choice } from '../model';
import type { Offer } from './choices';

interface Props {
  id: string;
  choices: readonly Choice[];
  offers: readonly Offer[];
  picked: readonly string[];
  multiple: boolean;
  highlight: number;
  onHighlight: (index: number) => void;
  onPick: (offer: Offer) => void;
}

/** The choices of a select field under the cell being edited. The text field above it keeps the focus. */
export function ChoicePanel({ id, choices, offers, picked, multiple, highlight, onHighlight, onPick }: Props) {
  const { t } = useTranslation('base');
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[highlight]?.scrollIntoView({ block: 'nearest' });
  }, [highlight]);
  const chosen = multiple ? picked.flatMap((p) => choices.find((choice) => choice.id === p) ?? []) : [];
  return (
    <>
      {chosen.length > 0 && (
        <div className={classes.picked}>
          {chosen.map((choice) => (
            <Chip
              key={choice.id}
              choice={choice}
              removeLabel={t('cell.remove', { name: choice.name })}
              onRemove={() => onPick({ kind: 'choice', choice })}
            />
          ))}
        </div>
      )}
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={t('cell.choices')}
        aria-multiselectable={multiple}
        className={classes.options}
      >
        {offers.map((offer, i) => (
          <button
            type="button"
            role="option"
            tabIndex={-1}
            id={`${id}-${i}`}
            key={offer.kind === 'choice' ? offer.choice.id : 'create'}
            aria-selected={offer.kind === 'choice' && picked.includes(offer.choice.id)}
            className={classes.option}
            data-on={i === highlight}
            onPointerMove={() => onHighlight(i)}
            onClick={() => onPick(offer)}
          >
            {offer.kind === 'choice' ? (
              <>
                <Chip choice={offer.choice} />
                <span className={classes.grow} />
                {picked.includes(offer.choice.id) && <IconCheck size={15} stroke={2.2} />}
              </>
            ) : (
              <>
                <IconPlus size={15} />
                <span>{t('cell.create', { name: offer.name })}</span>
              </>
            )}
          </button>
        ))}
        {offers.length === 0 && <div className={classes.hint}>{t('cell.noChoices')}</div>}
      </div>
    </>
  );
}
