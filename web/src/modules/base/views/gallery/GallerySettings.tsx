import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FieldSelect } from '../FieldSelect';
import { FitPick } from '../FitPick';
import type { SettingsProps } from '../kinds';
import { type GalleryKind, takes } from '../model';
import classes from '../Views.module.css';

const sizes = ['small', 'medium', 'large'] as const;

/** The pictures on cards, and how large cards are. */
export default function GallerySettings({ table, kind, onKind }: SettingsProps<'gallery'>) {
  const { t } = useTranslation('view');
  return (
    <div className={classes.settings}>
      <FieldSelect
        label={t('cover')}
        fields={table.fields.filter(takes.files)}
        value={kind.cover}
        isOptional
        onChange={(cover) => onKind({ ...kind, cover })}
      />
      {kind.cover && <FitPick fit={kind.fit} onFit={(fit) => onKind({ ...kind, fit })} />}
      <SegmentedControl
        size="xs"
        aria-label={t('gallery.size')}
        value={kind.size ?? 'medium'}
        data={sizes.map((value) => ({ value, label: t(`gallery.sizes.${value}`) }))}
        onChange={(size) => onKind({ ...kind, size: size as GalleryKind['size'] & string })}
      />
    </div>
  );
}
