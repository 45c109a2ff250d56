import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCommand, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import { resourcesQuery, searchQuery } from '../../data/queries';
import type { Member, Resource } from '../../data/types';
import { Keys } from '../../ui/Keys';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { ResourceIcon } from '../../ui/ResourceIcon';
import { type Command, commands } from '../commands';
import { useOverlays } from '../overlays';
import { marked, rank } from './match';
import classes from './Palette.module.css';

interface Option {
  id: string;
  group: string;
  text: string;
  note?: string;
  icon: ReactNode;
  keys?: string | undefined;
  run: () => void;
}

const emptyLimit = 6;

/** Search over files and people, and every command, from the keyboard. */
export default function Palette() {
  const { palette: opened } = useOverlays();
  const { t } = useTranslation();
  const close = () => useOverlays.setState({ palette: false });
  return (
    <Modal.Root opened={opened} onClose={close} size={620} yOffset="12vh" transitionProps={{ duration: 90 }}>
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content radius="lg" aria-label={t('palette.label')}>
        <Modal.Body p={0}>
          <PaletteBody close={close} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const [composing, setComposing] = useState(false);
  const [cursor, setCursor] = useState(0);
  const { options, searching } = useOptions(query, composing);
  const at = Math.min(cursor, options.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });

  function choose(option: Option | undefined) {
    if (!option) return;
    close();
    option.run();
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter and arrows choose a candidate while an input method is composing.
    if (event.nativeEvent.isComposing || event.key === 'Process') return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (step !== undefined) {
      const next = Math.abs(step) === 1 ? (at + step + options.length) % options.length : at + step;
      setCursor(Math.max(0, Math.min(options.length - 1, next)));
    } else if (event.key === 'Enter') choose(options[at]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className={classes.field}>
        <IconSearch size={18} aria-hidden="true" />
        <input
          className={classes.input}
          role="combobox"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={options[at] ? `${listId}-${at}` : undefined}
          aria-label={t('palette.placeholder')}
          placeholder={t('palette.placeholder')}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setCursor(0);
          }}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={onKeyDown}
          data-autofocus
        />
        <Keys keys="Escape" />
      </div>
      <div className={classes.list} id={listId} role="listbox" aria-label={t('palette.label')} ref={list}>
        {options.map((option, i) => (
          <div key={option.id} role="presentation">
            {option.group !== options[i - 1]?.group && (
              <div className={classes.heading} role="presentation">
                {option.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox above */}
            <div
              id={`${listId}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className={classes.option}
              onMouseMove={() => setCursor(i)}
              onClick={() => choose(option)}
            >
              {option.icon}
              <span className="truncate">
                <Marked query={query} text={option.text} />
              </span>
              {option.note && <span className={`${classes.note} truncate`}>{option.note}</span>}
              <span className={classes.end}>{option.keys && <Keys keys={option.keys} />}</span>
            </div>
          </div>
        ))}
      </div>
      {options.length === 0 && (
        <p className={classes.nothing}>{searching ? t('palette.searching') : t('palette.nothing', { query })}</p>
      )}
      <div className="only-read" role="status">
        {query && !searching ? t('palette.results', { count: options.length }) : ''}
      </div>
      <footer className={classes.foot}>
        <span>
          <Keys keys="ArrowUp" /> <Keys keys="ArrowDown" /> {t('palette.move')}
        </span>
        <span>
          <Keys keys="Enter" /> {t('palette.open')}
        </span>
        <span>
          <Keys keys="Escape" /> {t('palette.close')}
        </span>
      </footer>
    </>
  );
}

function Marked({ query, text }: { query: string; text: string }) {
  return marked(query, text).map((part, i) =>
    i % 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: at most three parts, never reordered
      <mark key={i} className={classes.mark}>
        {part}
      </mark>
    ) : (
      part
    ),
  );
}

/** What is offered for a query; while a word is being composed nothing is asked of the server. */
function useOptions(query: string, composing: boolean): { options: Option[]; searching: boolean } {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const settled = composing ? '' : query.trim();
  const [asked] = useDebouncedValue(settled, 150);
  const found = useQuery({ ...searchQuery(asked), placeholderData: keepPreviousData });
  const recent = useQuery(resourcesQuery({ view: 'recent' }));
  const registered = useSyncExternalStore(commands.subscribe, commands.list);
  const result = query.trim() ? found.data : undefined;
  const options = useMemo(() => {
    const file = (resource: Resource): Option => ({
      id: resource.id,
      group: t('palette.resources'),
      text: resource.name,
      icon: <ResourceIcon kind={resource.kind} size={20} />,
      run: () =>
        void (resource.kind === 'folder'
          ? navigate({ to: '/drive/folder/$folder', params: { folder: resource.id } })
          : navigate({ to: '/base/$base/{-$table}/{-$view}', params: { base: resource.id } })),
    });
    const person = (member: Member): Option => ({
      id: member.id,
      group: t('palette.members'),
      text: member.name,
      note: member.title || member.email || '',
      icon: <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={22} />,
      run: () =>
        void navigate({
          to: '/members/{-$department}',
          params: { department: undefined },
          search: { member: member.id },
        }),
    });
    const offered = usable(registered).map((command) => ({
      value: command,
      text: command.title,
      words: `${command.group} ${command.words ?? ''}`,
    }));
    const action = (command: Command): Option => ({
      id: command.id,
      group: t('palette.commands'),
      text: command.title,
      icon: command.icon ? (
        <command.icon size={18} stroke={1.7} aria-hidden="true" />
      ) : (
        <IconCommand size={18} aria-hidden="true" />
      ),
      keys: command.keys?.[0],
      run: command.run,
    });
    const files = query.trim() ? (result?.resources ?? []) : (recent.data ?? []).slice(0, emptyLimit);
    return [...files.map(file), ...(result?.members ?? []).map(person), ...rank(query, offered).map(action)];
  }, [t, navigate, query, result, recent.data, registered]);
  return { options, searching: found.isFetching || asked !== settled };
}

/** Commands that can be run now, the one registered later where two have an id. */
function usable(registered: readonly Command[]): Command[] {
  const byId = new Map(registered.filter((c) => !c.keyOnly && !c.told && (c.when?.() ?? true)).map((c) => [c.id, c]));
  return [...byId.values()];
}
