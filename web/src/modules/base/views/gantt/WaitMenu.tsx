import { Button, NumberInput, Popover, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Waiting } from '../model';
import classes from './Gantt.module.css';

export const waitingKinds = ['finish_to_start', 'start_to_start', 'finish_to_finish', 'start_to_finish'] as const;
/** Working days that a task may wait at most. */
const mostLag = 10_000;

interface FieldsProps {
  waiting: Waiting;
  onChange: (waiting: Waiting) => void;
}

/** How a task waits for another: which of their ends hang together, and how many working days lie between. */
export function WaitingFields({ waiting, onChange }: FieldsProps) {
  const { t } = useTranslation('view');
  return (
    <>
      <Select
        size="xs"
        label={t('gantt.waitKind')}
        data={waitingKinds.map((value) => ({ value, label: t(`gantt.waitKinds.${value}`) }))}
        value={waiting.kind}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(kind) => kind && onChange({ ...waiting, kind: kind as Waiting['kind'] })}
      />
      <NumberInput
        size="xs"
        label={t('gantt.lag')}
        description={t('gantt.lagHint')}
        allowDecimal={false}
        min={-mostLag}
        max={mostLag}
        clampBehavior="strict"
        value={waiting.lag}
        onChange={(lag) => typeof lag === 'number' && onChange({ ...waiting, lag })}
      />
    </>
  );
}

interface Props extends FieldsProps {
  at: { x: number; y: number };
  onRemove: () => void;
  onClose: () => void;
}

/** What an arrow says, where it was clicked. */
export function WaitMenu({ at, waiting, onChange, onRemove, onClose }: Props) {
  const { t } = useTranslation('view');
  return (
    <Popover opened onChange={(open) => !open && onClose()} position="bottom" offset={8} trapFocus returnFocus>
      <Popover.Target>
        <span aria-hidden="true" style={{ position: 'fixed', left: at.x, top: at.y, pointerEvents: 'none' }} />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.waiting}>
          <WaitingFields waiting={waiting} onChange={onChange} />
          <Button size="xs" variant="light" color="red" onClick={onRemove}>
            {t('gantt.removeWait')}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
