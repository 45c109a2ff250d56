import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Base.module.css';

const widths = [62, 48, 71, 55, 66, 40, 58, 74, 45, 60, 52, 68];

/** Grey lines in the shape of a grid that is on its way. */
export function GridSkeleton() {
  const { t } = useTranslation('base');
  return (
    <div className={classes.skeleton} role="status" aria-label={t('loading')}>
      {widths.map((width, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={i}>
          <Skeleton height={11} width={14} radius="sm" />
          <Skeleton height={11} width={`${width * 0.34}%`} radius="sm" />
          <Skeleton height={11} width={`${width * 0.18}%`} radius="sm" />
          <Skeleton height={11} width={`${width * 0.12}%`} radius="sm" />
        </div>
      ))}
    </div>
  );
}
