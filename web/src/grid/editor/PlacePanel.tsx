import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../Grid.module.css';
import { isPlace, type Place } from '../model';
import { parseNumber } from '../numbers';
import { parsePlace } from '../parse';

interface Props {
  place: Place | null;
  onChange: (place: Place | null) => void;
}

const shown = (n: number | undefined) => (n === undefined ? '' : String(n));

/** Name and coordinates of a place. Both coordinates pasted into one of the fields fill the two. */
export function PlacePanel({ place, onChange }: Props) {
  const { t } = useTranslation('field');
  const [name, setName] = useState(place?.name ?? '');
  const [latitude, setLatitude] = useState(shown(place?.latitude));
  const [longitude, setLongitude] = useState(shown(place?.longitude));
  const key = JSON.stringify(place);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the place
  useEffect(() => {
    setName(place?.name ?? '');
    setLatitude(shown(place?.latitude));
    setLongitude(shown(place?.longitude));
  }, [key]);
  const north = parseNumber(latitude);
  const east = parseNumber(longitude);
  const sound = north !== undefined && east !== undefined && Math.abs(north) <= 90 && Math.abs(east) <= 180;
  const empty = name.trim() === '' && latitude.trim() === '' && longitude.trim() === '';

  function commit() {
    if (empty) return onChange(null);
    if (sound) onChange({ ...(name.trim() ? { name: name.trim() } : {}), latitude: north, longitude: east });
  }
  function pasted(event: React.ClipboardEvent) {
    const found = parsePlace(event.clipboardData.getData('text/plain'));
    if (!isPlace(found)) return;
    event.preventDefault();
    if (found.name) setName(found.name);
    setLatitude(shown(found.latitude));
    setLongitude(shown(found.longitude));
  }
  const common = {
    size: 'xs',
    onPaste: pasted,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
      event.preventDefault();
      commit();
    },
  } as const;
  return (
    <div className={classes.place}>
      <TextInput
        {...common}
        label={t('place.name')}
        value={name}
        maxLength={300}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.pair}>
        <TextInput
          {...common}
          label={t('place.latitude')}
          inputMode="decimal"
          value={latitude}
          error={latitude.trim() !== '' && (north === undefined || Math.abs(north) > 90)}
          onChange={(event) => setLatitude(event.currentTarget.value)}
        />
        <TextInput
          {...common}
          label={t('place.longitude')}
          inputMode="decimal"
          value={longitude}
          error={longitude.trim() !== '' && (east === undefined || Math.abs(east) > 180)}
          onChange={(event) => setLongitude(event.currentTarget.value)}
        />
      </div>
      <div className={classes.placeFoot}>
        <span className={classes.faint}>{t('place.hint')}</span>
        <Button size="compact-sm" disabled={!sound && !empty} onClick={commit}>
          {t('place.set')}
        </Button>
      </div>
    </div>
  );
}
