import { Button, Chip, Group, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../data/client';
import { acceptMe, useMe } from '../data/me';
import type { Me } from '../data/types';
import { notifyProblem } from '../ui/notify';
import { useOverlays } from './overlays';

const presets = [
  ['📅', 'meeting'],
  ['🎧', 'focus'],
  ['🍱', 'lunch'],
  ['🏠', 'home'],
  ['✈️', 'trip'],
  ['🤒', 'sick'],
  ['🌴', 'leave'],
] as const;

/** What one is up to, shown next to the name. */
export default function StatusDialog() {
  const { t } = useTranslation();
  const { status: opened } = useOverlays();
  const { member } = useMe();
  const close = () => useOverlays.setState({ status: false });
  const form = useForm({ initialValues: { emoji: '', text: '' } });
  const { setValues } = form;
  useEffect(() => {
    if (opened) setValues({ emoji: member.status?.emoji ?? '💬', text: member.status?.text ?? '' });
  }, [opened, member.status, setValues]);
  const save = form.onSubmit(({ emoji, text }) => {
    const status = text.trim() ? { emoji: emoji.trim() || '💬', text: text.trim() } : null;
    api.patch<Me>('/me', { status }).then((me) => {
      acceptMe(me);
      close();
    }, notifyProblem);
  });
  return (
    <Modal opened={opened} onClose={close} title={t('shell.setStatus')} size="md">
      <form onSubmit={save}>
        <Group gap="sm" wrap="nowrap" align="flex-end">
          <TextInput
            label={t('status.emoji')}
            w={72}
            maxLength={16}
            {...form.getInputProps('emoji')}
            styles={{ input: { textAlign: 'center' } }}
          />
          <TextInput
            label={t('status.label')}
            placeholder={t('status.text')}
            flex={1}
            maxLength={100}
            data-autofocus
            {...form.getInputProps('text')}
          />
        </Group>
        <Group gap={6} mt="md">
          {presets.map(([emoji, key]) => (
            <Chip
              key={key}
              size="xs"
              variant="light"
              checked={form.values.emoji === emoji && form.values.text === t(`status.${key}`)}
              onChange={() => form.setValues({ emoji, text: t(`status.${key}`) })}
            >
              {emoji} {t(`status.${key}`)}
            </Chip>
          ))}
        </Group>
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit">{t('save')}</Button>
        </Group>
      </form>
    </Modal>
  );
}
