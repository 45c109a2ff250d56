import { Button, Switch, TextInput } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrag } from '../../../ui/useDrag';
import classes from '../Base.module.css';
import { FieldIcon } from '../fields/FieldIcon';
import { type ShownField, type ViewField, withField } from '../model';

interface Props {
  shown: readonly ShownField[];
  onChange: (fields: ViewField[]) => void;
}

/** Which fields a view shows, and in which order. The primary field stays first. */
export function FieldsMenu({ shown, onChange }: Props) {
  const { t } = useTranslation('base');
  const [query, setQuery] = useState('');
  const move = (from: number, to: number) => {
    const next = [...shown];
    next.splice(Math.max(1, to), 0, ...next.splice(from, 1));
    onChange(withField(next, '', {}));
  };
  const drag = useDrag(shown.length, move);
  const all = (hidden: boolean) =>
    onChange(
      withField(
        shown.map((entry, i) => ({ ...entry, hidden: hidden && i > 0 })),
        '',
        {},
      ),
    );
  const matches = (entry: ShownField) => entry.field.name.toLowerCase().includes(query.trim().toLowerCase());
  return (
    <div className={classes.pop} style={{ width: 280 }}>
      {shown.length > 8 && (
        <TextInput
          size="xs"
          mb={4}
          value={query}
          placeholder={t('fields.find')}
          aria-label={t('fields.find')}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <div className={classes.rows}>
        {shown.map((entry, i) =>
          matches(entry) ? (
            <div key={entry.field.id} className={classes.line} {...(i > 0 ? drag.line(i) : {})}>
              {i > 0 ? (
                <button type="button" className={classes.grip} aria-label={t('moveKeys')} {...drag.handle(i)}>
                  <IconGripVertical size={14} />
                </button>
              ) : (
                <span style={{ width: 14 }} />
              )}
              <Switch
                size="xs"
                flex={1}
                checked={!entry.hidden}
                disabled={i === 0}
                classNames={{ root: classes.switch, label: classes.switchLabel }}
                label={
                  <>
                    <FieldIcon type={entry.field.type} />
                    <span className={classes.clip}>{entry.field.name}</span>
                  </>
                }
                onChange={(event) =>
                  onChange(withField(shown, entry.field.id, { hidden: !event.currentTarget.checked }))
                }
              />
            </div>
          ) : null,
        )}
      </div>
      <div className={classes.foot}>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => all(true)}>
          {t('fields.hideAll')}
        </Button>
        <Button variant="subtle" color="gray" size="compact-sm" ml="auto" onClick={() => all(false)}>
          {t('fields.showAll')}
        </Button>
      </div>
    </div>
  );
}
