import { IconPlus } from '@tabler/icons-react';
import classes from './Grid.module.css';
import type { GridProps } from './types';

interface Props {
  label: string;
  left: number;
  onAdd: GridProps['onAddField'];
}

/** The button after the last column. */
export function AddField({ label, left, onAdd }: Props) {
  return (
    <button
      type="button"
      className={classes.addField}
      style={{ left }}
      aria-label={label}
      title={label}
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        onAdd({ x: left, y: bottom });
      }}
    >
      <IconPlus size={16} />
    </button>
  );
}
