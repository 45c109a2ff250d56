import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CoverFit } from './model';

interface Props {
  fit: CoverFit | undefined;
  onFit: (fit: CoverFit) => void;
}

/** How pictures fill the covers of cards. */
export function FitPick({ fit, onFit }: Props) {
  const { t } = useTranslation('view');
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('fit')}
      value={fit ?? 'cover'}
      data={(['cover', 'contain'] as const).map((value) => ({ value, label: t(`fits.${value}`) }))}
      onChange={(value) => onFit(value as CoverFit)}
    />
  );
}
