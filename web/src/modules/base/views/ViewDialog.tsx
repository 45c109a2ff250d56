/** Asks for the name of a view, what it is for, and of a new one how it is drawn. Mount it to open it. */
import { Button, Group, Modal, Radio, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kinds, offered } from './kinds';
import type { KindType } from './model';
import classes from './Views.module.css';

export interface ViewWords {
  name: string;
  description: string;
  /** Of a new view: nobody else sees it. */
  personal: boolean;
  /** Of a new view: how it is drawn. */
  kind: KindType;
}

interface Props {
  title: string;
  initial: ViewWords;
  action: string;
  isNew: boolean;
  /** Whether it is asked who sees it. */
  asksPersonal: boolean;
  onClose: () => void;
  onSave: (words: ViewWords) => void;
}

export function ViewDialog({ title, initial, action, isNew, asksPersonal, onClose, onSave }: Props) {
  const { t } = useTranslation('base');
  const [words, setWords] = useState(initial);
  // A new view is called after its kind when nobody says how.
  const called = t(`view:kind.${words.kind}`);
  const name = words.name.trim() || (isNew ? called : '');
  return (
    <Modal opened onClose={onClose} title={title} size="sm" centered closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name === '') return;
          onClose();
          onSave({ ...words, name, description: words.description.trim() });
        }}
      >
        {isNew && (
          <Radio.Group
            mb="sm"
            value={words.kind}
            aria-label={t('view:kindLabel')}
            onChange={(kind) => setWords({ ...words, kind: kind as KindType })}
          >
            <div className={classes.kinds}>
              {offered.map((kind) => (
                <KindCard key={kind} kind={kind} />
              ))}
            </div>
          </Radio.Group>
        )}
        <TextInput
          data-autofocus
          label={t('name')}
          value={words.name}
          {...(isNew ? { placeholder: called } : {})}
          maxLength={200}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setWords({ ...words, name: event.currentTarget.value })}
        />
        <Textarea
          mt="sm"
          label={t('view.description')}
          placeholder={t('view.descriptionHint')}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={3000}
          value={words.description}
          onChange={(event) => setWords({ ...words, description: event.currentTarget.value })}
        />
        {asksPersonal && (
          <Switch
            mt="md"
            label={t('view.personal')}
            description={t('view.personalHint')}
            checked={words.personal}
            onChange={(event) => setWords({ ...words, personal: event.currentTarget.checked })}
          />
        )}
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={name === ''}>
            {action}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function KindCard({ kind }: { kind: KindType }) {
  const { t } = useTranslation('base');
  const Shape = kinds[kind].icon;
  return (
    <Radio.Card value={kind} className={classes.kind} aria-label={t(`view:kind.${kind}`)}>
      <Shape size={20} stroke={1.6} aria-hidden="true" />
      <span>{t(`view:kind.${kind}`)}</span>
    </Radio.Card>
  );
}
