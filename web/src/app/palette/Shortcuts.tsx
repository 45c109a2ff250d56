import { Modal } from '@mantine/core';
import { Fragment, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Keys } from '../../ui/Keys';
import { commands, listed } from '../commands';
import { useOverlays } from '../overlays';
import classes from './Palette.module.css';

interface Line {
  id: string;
  title: string;
  keys: readonly string[];
}

/** Every key there is on this page, by group. */
export default function Shortcuts() {
  const { t } = useTranslation();
  const { shortcuts: opened } = useOverlays();
  const list = useSyncExternalStore(commands.subscribe, commands.list);
  const groups = new Map<string, Map<string, Line>>();
  for (const { id, title, keys = [], group } of listed(list)) {
    const lines = groups.get(group) ?? new Map<string, Line>();
    groups.set(group, lines.set(id, { id, title, keys }));
  }
  const inLists: Line[] = [
    { id: 'move', title: t('shortcuts.listMove'), keys: ['ArrowUp', 'ArrowDown'] },
    { id: 'extend', title: t('shortcuts.listExtend'), keys: ['shift+ArrowUp', 'shift+ArrowDown'] },
    { id: 'open', title: t('shortcuts.listOpen'), keys: ['Enter'] },
  ];
  return (
    <Modal
      opened={opened}
      onClose={() => useOverlays.setState({ shortcuts: false })}
      title={t('shortcuts.title')}
      size={720}
    >
      <div className={classes.sheet} data-autofocus data-quiet-focus tabIndex={-1}>
        {[...groups].map(([group, lines]) => (
          <Block key={group} title={group} lines={[...lines.values()]} />
        ))}
        <Block title={t('shortcuts.list')} lines={inLists} />
      </div>
    </Modal>
  );
}

function Block({ title, lines }: { title: string; lines: Line[] }) {
  return (
    <section className={classes.block}>
      <h3>{title}</h3>
      {lines.map((line) => (
        <p key={line.id} className={classes.line}>
          <span>{line.title}</span>
          <span>
            {line.keys.map((keys, i) => (
              <Fragment key={keys}>
                {i > 0 && ' / '}
                <Keys keys={keys} />
              </Fragment>
            ))}
          </span>
        </p>
      ))}
    </section>
  );
}
