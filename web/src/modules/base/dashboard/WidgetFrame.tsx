/** A widget on its dashboard: its head with what can be done, and what it shows. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconDownload, IconMaximize, IconPencil, IconPhoto, IconTrash } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { randomKey } from '../../../data/random';
import type { Locale } from '../../../grid/format';
import { notifyProblem } from '../../../ui/notify';
import type { Base } from '../model';
import { dashboardApi } from './api';
import type { Picture } from './ChartCanvas';
import classes from './Dashboard.module.css';
import { kindOf, type Pick, type Picked, type Spot, tableOf, type Widget } from './model';
import { useShown } from './useDashboard';
import { useTold } from './useReading';
import { WidgetBody } from './WidgetBody';

interface Props {
  base: Base;
  dashboard: string;
  widget: Widget;
  editable: boolean;
  picked: readonly Picked[];
  locale: Locale;
  /** Begins to drag by the head, or by the corner. */
  onGrab: (event: PointerEvent, how: 'move' | 'size') => void;
  onSpot: (spot: Spot) => void;
  onEdit: () => void;
  onCopy: () => void;
  onRemove: () => void;
  onFull: () => void;
  onBehind: (at: Pick[], title: string) => void;
  onRecord: (table: string, record: string) => void;
  onPick: (id: string, picked: Picked | null) => void;
}

const steps: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Hands a file to the browser. */
function save(address: string, name: string) {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

export function WidgetFrame(props: Props) {
  const { base, dashboard, widget, editable, picked, locale, onSpot } = props;
  const { t } = useTranslation('dashboards');
  const { t: tGroup } = useTranslation('group');
  const words = useTold(locale);
  const picture = useRef<Picture>(null);
  const { data, error } = useShown(base.resource.id, dashboard, widget, picked);
  const kind = kindOf(widget);
  const name = widget.title || t(widget.type === 'chart' ? `form.${widget.form}` : `kind.${widget.type}`);
  const drawn = widget.type === 'chart' && widget.form !== 'word_cloud';
  const told = widget.type === 'chart' || widget.type === 'pivot' || widget.type === 'number';

  /** With Alt and the arrow keys it moves, with Shift as well it grows and shrinks. */
  function key(event: KeyboardEvent) {
    const step = event.altKey ? steps[event.key] : undefined;
    if (!step || !editable) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y, w, h } = widget;
    const [right, down] = step;
    onSpot(event.shiftKey ? { x, y, w: w + right, h: h + down } : { x: x + right, y: y + down, w, h });
  }

  async function csv() {
    const table = base.tables.find((one) => one.id === tableOf(kind));
    const measures = kind.type === 'number' ? [kind.measure] : 'query' in kind ? (kind.query.measures ?? []) : [];
    const titles = {
      measures: measures.map((measure) => words.measure(measure, table)),
      blank: tGroup('empty'),
      error: tGroup('error'),
      other: t('rest'),
    };
    try {
      const response = await fetch(dashboardApi.csvPath(base.resource.id, dashboard, widget.id), {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomKey() },
        body: JSON.stringify({ picked, titles }),
      });
      if (!response.ok) throw new Error(response.statusText);
      const address = URL.createObjectURL(await response.blob());
      save(address, `${name}.csv`);
      URL.revokeObjectURL(address);
    } catch (failure) {
      notifyProblem(failure, t('notExported'));
    }
  }

  function png() {
    const image = picture.current?.png();
    if (image) save(image, `${name}.png`);
  }

  return (
    <section className={classes.widget} aria-label={name} data-kind={widget.type}>
      <div
        className={classes.widgetHead}
        data-movable={editable || undefined}
        onPointerDown={(event) => editable && event.button === 0 && props.onGrab(event, 'move')}
      >
        <h2 title={name}>{widget.title || (widget.type === 'text' || widget.type === 'control' ? '' : name)}</h2>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              size={24}
              aria-label={t('menu', { name })}
              title={editable ? t('moveKeys') : undefined}
              onKeyDown={key}
              onPointerDown={(event) => event.stopPropagation()}
            >
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {editable && (
              <>
                <Menu.Item leftSection={<IconPencil size={15} />} onClick={props.onEdit}>
                  {t('edit')}
                </Menu.Item>
                <Menu.Item leftSection={<IconCopy size={15} />} onClick={props.onCopy}>
                  {t('copy')}
                </Menu.Item>
              </>
            )}
            {widget.type !== 'control' && (
              <Menu.Item leftSection={<IconMaximize size={15} />} onClick={props.onFull}>
                {t('full')}
              </Menu.Item>
            )}
            {drawn && (
              <Menu.Item leftSection={<IconPhoto size={15} />} onClick={png}>
                {t('png')}
              </Menu.Item>
            )}
            {told && (
              <Menu.Item leftSection={<IconDownload size={15} />} onClick={() => void csv()}>
                {t('csv')}
              </Menu.Item>
            )}
            {editable && (
              <>
                <Menu.Divider />
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={props.onRemove}>
                  {t('remove')}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={classes.widgetBody}>
        <WidgetBody
          id={widget.id}
          kind={kind}
          title={widget.title ?? ''}
          base={base}
          shown={data}
          error={error}
          picked={picked}
          locale={locale}
          picture={picture}
          onBehind={props.onBehind}
          onRecord={props.onRecord}
          onPick={props.onPick}
        />
      </div>
      {editable && (
        <div
          className={classes.corner}
          aria-hidden="true"
          onPointerDown={(event) => event.button === 0 && props.onGrab(event, 'size')}
        />
      )}
    </section>
  );
}
