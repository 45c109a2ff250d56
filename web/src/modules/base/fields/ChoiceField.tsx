import { Popover, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../../../grid/Chip';
import { ChoicePanel } from '../../../grid/editor/ChoicePanel';
import { type Offer, offers } from '../../../grid/editor/choices';
import type { Choice } from '../../../grid/model';
import classes from '../Base.module.css';

interface Props {
  choices: readonly Choice[];
  value: readonly string[];
  multiple: boolean;
  label: string;
  placeholder: string;
  onChange: (value: string[]) => void;
  /** Makes a new choice; absent, none can be made. */
  onCreate?: (name: string) => Promise<Choice | undefined>;
  /** Whether it stands in a popover, which a press in a portal would close. */
  inside?: boolean;
}

/** Chips of a select field; a click opens the list to pick from. */
export function ChoiceField({ choices, value, multiple, label, placeholder, onChange, onCreate, inside }: Props) {
  const { t } = useTranslation('base');
  const id = useId();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const [highlight, setHighlight] = useState(0);
  const found = offers(choices, query, onCreate !== undefined);
  const current = Math.min(highlight, Math.max(0, found.length - 1));
  const picked = value.flatMap((p) => choices.find((choice) => choice.id === p) ?? []);

  async function pick(offer: Offer) {
    const choice = offer.kind === 'choice' ? offer.choice : await onCreate?.(offer.name);
    if (!choice) return;
    setQuery('');
    setHighlight(0);
    if (multiple) onChange(value.includes(choice.id) ? value.filter((v) => v !== choice.id) : [...value, choice.id]);
    else {
      onChange(value.includes(choice.id) ? [] : [choice.id]);
      setOpen(false);
    }
  }

  return (
    <Popover
      opened={open}
      onChange={setOpen}
      width="target"
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      withinPortal={!inside}
    >
      <Popover.Target>
        <button
          type="button"
          className={classes.chips}
          aria-label={`${label}: ${picked.map((choice) => choice.name).join(', ')}`}
          aria-expanded={open}
          onClick={() => setOpen((o) => !o)}
        >
          {picked.length === 0 && <span className={classes.placeholder}>{placeholder}</span>}
          {picked.map((choice) => (
            <Chip key={choice.id} choice={choice} />
          ))}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} miw={200}>
        <TextInput
          m={6}
          mb={0}
          size="xs"
          value={query}
          placeholder={t('cell.find')}
          role="combobox"
          aria-label={t('cell.find')}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setHighlight(0);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            const offer = found[current];
            if (by !== 0) setHighlight((current + by + found.length) % Math.max(1, found.length));
            else if (event.key === 'Enter' && offer) void pick(offer);
            else return;
            event.preventDefault();
          }}
        />
        <ChoicePanel
          id={id}
          choices={choices}
          offers={found}
          picked={value}
          multiple={multiple}
          highlight={current}
          onHighlight={setHighlight}
          onPick={(offer) => void pick(offer)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
