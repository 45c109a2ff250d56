import { Popover, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../../../grid/Chip';
import { PickPanel } from '../../../grid/editor/PickPanel';
import { findText, type Pick, type PickField, pickText } from '../../../grid/editor/picks';
import { usePicks } from '../../../grid/editor/usePicks';
import type { Locale } from '../../../grid/format';
import type { CellValue } from '../../../grid/model';
import { MemberAvatar } from '../../../ui/MemberAvatar';
import classes from '../Base.module.css';

interface Props {
  field: PickField;
  /** Of whose cell it is the value, when it is one. */
  record?: string;
  value: CellValue;
  locale: Locale;
  label: string;
  placeholder: string;
  /** Whether what is not there can be made. */
  canCreate: boolean;
  onChange: (value: CellValue) => void;
  onOpen?: (record: string) => void;
  /** What is picked stands elsewhere: a button that adds to it. */
  adds?: boolean;
  /** Whether it stands in a popover, which a press in a portal would close. */
  inside?: boolean;
}

/** What is picked in a cell, as chips; a click opens the list to pick from. The same list as in the grid. */
export function PickBox(props: Props) {
  const { field, value, locale, label, placeholder, canCreate, onChange, onOpen, adds, inside } = props;
  const { t } = useTranslation('base');
  const id = useId();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const [highlight, setHighlight] = useState(0);
  const picks = usePicks({ field, record: props.record, value, query: open ? query : '', locale, canCreate });
  const { offered, picked } = picks;
  const current = Math.min(highlight, Math.max(0, offered.length - 1));
  const find = t(canCreate ? findText(field.type) : 'field:pick.find');

  function set(next: readonly Pick[]) {
    picks.setPicked(next);
    onChange(picks.valueOf(next));
  }
  async function pick(one: Pick) {
    const next = await picks.toggle(one);
    if (!next) return;
    setQuery('');
    setHighlight(0);
    onChange(picks.valueOf(next));
    if (!picks.multiple) setOpen(false);
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
      floatingStrategy={inside ? 'fixed' : 'absolute'}
    >
      <Popover.Target>
        <button
          type="button"
          className={adds ? classes.adds : classes.chips}
          aria-label={`${label}: ${picked.map(pickText).join(', ')}`}
          aria-expanded={open}
          onClick={() => setOpen((o) => !o)}
        >
          {adds && <IconPlus size={14} />}
          {(adds || picked.length === 0) && <span className={classes.placeholder}>{placeholder}</span>}
          {!adds && picked.map((one) => <PickChip key={one.id} pick={one} />)}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} miw={240}>
        <TextInput
          m={6}
          mb={0}
          size="xs"
          value={query}
          placeholder={find}
          role="combobox"
          aria-label={find}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={offered.length > 0 ? `${id}-${current}` : undefined}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setHighlight(0);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            const offer = offered[current];
            if (by !== 0) setHighlight((current + by + offered.length) % Math.max(1, offered.length));
            else if (event.key === 'Enter' && offer) void pick(offer);
            else if (event.key === 'Backspace' && query === '' && picks.whole) set(picked.slice(0, -1));
            else return;
            event.preventDefault();
          }}
        />
        <PickPanel
          id={id}
          offered={offered}
          picked={picked}
          multiple={picks.multiple}
          highlight={current}
          busy={picks.busy || !picks.whole}
          nothing={t(
            field.type === 'select' || field.type === 'multi_select' ? 'cell.noChoices' : 'field:pick.nothing',
          )}
          onHighlight={setHighlight}
          onPick={(one) => void pick(one)}
          {...(picks.multiple ? { onOrder: set } : {})}
          {...(onOpen ? { onOpen: (one: Pick) => onOpen(one.id) } : {})}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

export function PickChip({ pick }: { pick: Pick }) {
  const { t } = useTranslation('base');
  if (pick.kind === 'choice') return <Chip choice={pick.choice} />;
  return (
    <span className={classes.named}>
      {pick.kind === 'named' && <MemberAvatar {...pick.one} size={18} shape={pick.square ? 'square' : 'round'} />}
      <span className={classes.clip}>{pickText(pick) || t('record.untitled')}</span>
    </span>
  );
}
