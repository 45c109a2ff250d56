import { ActionIcon, Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Color, colors } from '../../../grid/model';
import { solid } from '../../../grid/palette';

/** A colour of the palette. */
export function ColorPick({ color, onPick }: { color: Color; onPick: (color: Color) => void }) {
  const { t } = useTranslation('base');
  const [open, setOpen] = useState(false);
  const dot = (c: Color) => ({ width: 14, height: 14, borderRadius: '50%', background: solid[c] });
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      withinPortal={false}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={t('field.color', { color: t(`color.${color}`) })}
          onClick={() => setOpen(!open)}
        >
          <span style={dot(color)} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(6, 28px)' }}>
          {colors.map((c) => (
            <ActionIcon
              key={c}
              size={28}
              variant={c === color ? 'light' : 'subtle'}
              color="gray"
              aria-label={t(`color.${c}`)}
              title={t(`color.${c}`)}
              onClick={() => {
                onPick(c);
                setOpen(false);
              }}
            >
              <span style={dot(c)} />
            </ActionIcon>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
