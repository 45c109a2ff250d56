import { type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Gantt.module.css';

interface Props {
  width: number;
  most: number;
  onWidth: (width: number) => void;
}

const least = 90;

/** Makes the table at the left of a gantt wider or narrower, by pointer or arrow keys. */
export function Splitter({ width, most, onWidth }: Props) {
  const { t } = useTranslation('view');
  const from = useRef<{ x: number; width: number } | null>(null);
  const set = (wanted: number) => onWidth(Math.round(Math.min(most, Math.max(least, wanted))));
  const end = (event: PointerEvent<HTMLElement>) => {
    from.current = null;
    event.currentTarget.releasePointerCapture(event.pointerId);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('gantt.tableWidth')}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      className={classes.splitter}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => from.current && set(from.current.width + event.clientX - from.current.x)}
      onPointerUp={end}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        set(width + (event.key === 'ArrowLeft' ? -16 : 16));
      }}
    />
  );
}
