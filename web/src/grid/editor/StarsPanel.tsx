import { IconStarFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from '../Grid.module.css';

interface Props {
  value: number;
  count: number;
  label: string;
  onChange: (value: number | null) => void;
}

/** Stars to press; a digit or the arrow keys do as well. The star that is the value takes it away. */
export function StarsPanel({ value, count, label, onChange }: Props) {
  const { t } = useTranslation('field');
  return (
    <div
      className={classes.stars}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={count}
      aria-valuenow={value}
      onKeyDown={(event) => {
        const digit = /^\d$/.test(event.key) ? Math.min(count, Number(event.key)) : undefined;
        const by = ['ArrowRight', 'ArrowUp'].includes(event.key) ? 1 : event.key.startsWith('Arrow') ? -1 : 0;
        if (event.altKey || event.ctrlKey || event.metaKey || (digit === undefined && by === 0)) return;
        event.preventDefault();
        onChange((digit ?? Math.max(0, Math.min(count, value + by))) || null);
      }}
    >
      {Array.from({ length: count }, (_, i) => (
        <button
          type="button"
          // biome-ignore lint/suspicious/noArrayIndexKey: a star is its number
          key={i}
          tabIndex={-1}
          data-on={i < value}
          aria-label={t('rating.stars', { count: i + 1 })}
          onClick={() => onChange(i + 1 === value ? null : i + 1)}
        >
          <IconStarFilled size={18} />
        </button>
      ))}
    </div>
  );
}
