import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Waiting } from '../model';
import { arrow, type Box } from './arrows';
import classes from './Gantt.module.css';

/** An arrow between two bars. */
export interface Wait {
  task: string;
  predecessor: string;
  from: Box;
  to: Box;
  waiting: Waiting;
  critical: boolean;
}

interface Props {
  waits: readonly Wait[];
  rowHeight: number;
  left: number;
  top: number;
  /** The arrow whose settings are open. */
  open: { task: string; predecessor: string } | null;
  /** The line that is being drawn. */
  drawn: { x1: number; y1: number; x2: number; y2: number } | null;
  editable: boolean;
  onOpen: (wait: Wait, x: number, y: number) => void;
}

/** What waits for what. */
export const Arrows = memo(function Arrows({ waits, rowHeight, left, top, open, drawn, editable, onOpen }: Props) {
  const { t } = useTranslation('view');
  return (
    <svg
      className={classes.arrows}
      style={{ left, top }}
      width={1}
      height={1}
      role="group"
      aria-label={t('gantt.waits')}
    >
      {waits.map((wait) => {
        const { path, head } = arrow(wait.from, wait.to, wait.waiting.kind, rowHeight);
        const isOpen = open?.task === wait.task && open.predecessor === wait.predecessor;
        return (
          <g
            key={`${wait.predecessor} ${wait.task}`}
            className={classes.wait}
            data-wait={`${wait.predecessor} ${wait.task}`}
            data-critical={wait.critical}
            data-open={isOpen}
          >
            <path className={classes.arrow} d={path} />
            <path className={classes.tip} d={head} />
            {editable && (
              // biome-ignore lint/a11y/noStaticElementInteractions: the record panel edits what a task waits for by keyboard
              <path
                className={classes.hit}
                d={path}
                onClick={(event) => {
                  event.stopPropagation();
                  onOpen(wait, event.clientX, event.clientY);
                }}
              />
            )}
          </g>
        );
      })}
      {drawn && <path className={classes.drawn} d={`M${drawn.x1} ${drawn.y1}L${drawn.x2} ${drawn.y2}`} />}
    </svg>
  );
});
