/** Records as cards side by side, with a picture on each. As many in a row as there is room for; rows come as one scrolls. */
import { IconPlus } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { GridRow } from '../../../../grid/model';
import { CardMenu } from '../CardMenu';
import type { KindProps } from '../kinds';
import type { GalleryKind } from '../model';
import { CardSkeleton, RecordCard } from '../RecordCard';
import classes from './Gallery.module.css';

/** Pixels: the least width of a card, and the height of its cover. */
const sizes: Record<NonNullable<GalleryKind['size']>, { width: number; cover: number }> = {
  small: { width: 168, cover: 104 },
  medium: { width: 232, cover: 150 },
  large: { width: 320, cover: 214 },
};
const gap = 14;
const padding = 16;

/** How many cards stand side by side. */
export function columnsIn(width: number, least: number): number {
  return Math.max(1, Math.floor((width - 2 * padding + gap) / (least + gap)));
}

function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

export default function Gallery(props: KindProps<'gallery'>) {
  const { table, kind, live, title, fields, state, locale, editable, actions, record } = props;
  const { t } = useTranslation('view');
  const version = useSyncExternalStore(live.subscribe, live.version);
  const area = useRef<HTMLDivElement>(null);
  const width = useWidth(area);
  const [wanted, setWanted] = useState<number | null>(null);
  const [menu, setMenu] = useState<{ row: GridRow; x: number; y: number } | null>(null);
  const size = sizes[kind.size ?? 'medium'];
  const across = columnsIn(width + 2 * padding, size.width);
  const cover = table.fields.find((field) => field.id === kind.cover);
  const onCards = useMemo(() => fields.filter((field) => field.id !== kind.cover), [fields, kind.cover]);
  const cards = live.known ? live.total : 0;
  // The last place is for a new one.
  const places = cards + Number(editable && cards > 0);
  const virtual = useVirtualizer({
    count: width === 0 ? 0 : Math.ceil(places / across),
    getScrollElement: () => area.current,
    estimateSize: () => (cover ? size.cover : 0) + 60 + 25 * Math.min(5, onCards.length),
    overscan: 3,
    gap,
    paddingStart: padding,
    paddingEnd: padding,
  });
  const rows = virtual.getVirtualItems();
  const [first, last] = [(rows[0]?.index ?? 0) * across, ((rows.at(-1)?.index ?? 0) + 1) * across];
  useEffect(() => live.show(first, last), [live, first, last]);
  // The card that is to have the focus may have to come into sight first.
  // biome-ignore lint/correctness/useExhaustiveDependencies: tried again with whatever comes
  useEffect(() => {
    if (wanted === null) return;
    const card = area.current?.querySelector<HTMLElement>(`[data-card="${wanted}"]`);
    if (!card) return virtual.scrollToIndex(Math.floor(wanted / across));
    card.focus();
    card.scrollIntoView({ block: 'nearest' });
    setWanted(null);
  }, [wanted, version, first, last]);

  function onKeyDown(event: KeyboardEvent, row: GridRow, at: number) {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across };
    const step = steps[event.key];
    if (step !== undefined) {
      if (at + step >= 0 && at + step < cards) setWanted(at + step);
    } else if (event.key === 'Home') setWanted(0);
    else if (event.key === 'End') setWanted(cards - 1);
    else if (event.key === 'Enter' || event.key === ' ') actions.open(row.id);
    else if (event.key === 'Delete' && editable) actions.remove([row.id]);
    else return;
    event.preventDefault();
  }

  const card = (at: number) => {
    if (at >= places) return <span key={at} />;
    if (at === cards) {
      return (
        <button
          key="new"
          type="button"
          className={classes.new}
          onClick={() => {
            const made = props.create({});
            if (made) actions.open(made);
          }}
        >
          <IconPlus size={18} stroke={1.7} />
          {t('base:record.add')}
        </button>
      );
    }
    const row = live.row(at);
    if (!row) return <CardSkeleton key={at} />;
    return (
      <div
        key={row.id}
        role="button"
        tabIndex={at === first ? 0 : -1}
        className={classes.card}
        data-card={at}
        data-open={record === row.id}
        data-deleted={row.deleted}
        onClick={() => actions.open(row.id)}
        onKeyDown={(event) => onKeyDown(event, row, at)}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu({ row, x: event.clientX, y: event.clientY });
        }}
      >
        <RecordCard
          row={row}
          title={title}
          fields={onCards}
          cover={cover}
          fit={kind.fit}
          coverHeight={size.cover}
          rules={state.colors}
          locale={locale}
          labels
        />
      </div>
    );
  };
  return (
    <div ref={area} className={classes.area}>
      <div className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {rows.map((item) => (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className={classes.row}
            style={{
              transform: `translateY(${item.start}px)`,
              gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`,
            }}
          >
            {Array.from({ length: across }, (_, i) => card(item.index * across + i))}
          </div>
        ))}
      </div>
      <CardMenu
        at={menu}
        editable={editable}
        actions={actions}
        onOpen={(one) => actions.open(one)}
        onClose={() => setMenu(null)}
      />
    </div>
  );
}
