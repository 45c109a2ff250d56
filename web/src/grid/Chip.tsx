import { useComputedColorScheme } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import classes from './Grid.module.css';
import type { Choice } from './model';
import { shade } from './palette';

interface Props {
  choice: Pick<Choice, 'name' | 'color'>;
  /** Given, the chip can be taken away; `removeLabel` says so. */
  onRemove?: () => void;
  removeLabel?: string;
}

/** A choice as it is shown in cells. */
export function Chip({ choice, onRemove, removeLabel }: Props) {
  const scheme = useComputedColorScheme('light');
  const { background, text } = shade(choice.color, scheme);
  return (
    <span className={classes.chip} style={{ background, color: text }}>
      <span>{choice.name}</span>
      {onRemove && (
        <button type="button" tabIndex={-1} aria-label={removeLabel} onClick={onRemove}>
          <IconX size={11} stroke={2.4} />
        </button>
      )}
    </span>
  );
}
