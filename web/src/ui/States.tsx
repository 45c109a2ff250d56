import { Button, Skeleton } from '@mantine/core';
import { type Icon, IconAlertCircle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './problem';
import classes from './States.module.css';

interface EmptyProps {
  icon: Icon;
  title: string;
  hint?: string;
  /** Where this is all there is on the page. */
  isPage?: boolean;
  children?: ReactNode;
}

/** Says that there is nothing, and what to do about it. */
export function EmptyState({ icon: Sign, title, hint, isPage, children }: EmptyProps) {
  const Frame = isPage ? 'main' : 'div';
  const Title = isPage ? 'h1' : 'p';
  return (
    <Frame className={classes.state}>
      <span className={classes.symbol}>
        <Sign size={28} stroke={1.4} aria-hidden="true" />
      </span>
      <Title className={classes.title}>{title}</Title>
      {hint && <p className={classes.hint}>{hint}</p>}
      {children && <div className={classes.actions}>{children}</div>}
    </Frame>
  );
}

/** Says what went wrong and offers to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.state} role="alert">
      <span className={classes.symbol} data-bad>
        <IconAlertCircle size={28} stroke={1.4} aria-hidden="true" />
      </span>
      <p className={classes.title}>{t('failed')}</p>
      <p className={classes.hint}>{problemText(error)}</p>
      {onRetry && (
        <div className={classes.actions}>
          <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            {t('retry')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Grey lines in the shape of a list that is on its way. */
export function ListSkeleton({ rows = 8, height = 40 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  const widths = [46, 62, 38, 54, 70, 42, 58, 34];
  return (
    <div className={classes.skeleton} role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={i} className={classes.line} style={{ height }}>
          <Skeleton height={20} width={20} radius="sm" />
          <Skeleton height={12} width={`${widths[i % widths.length]}%`} radius="sm" />
        </div>
      ))}
    </div>
  );
}
