import { ActionIcon, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Tip } from './Tip';

/** A text to be copied: a link, a secret. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <TextInput
      label={label}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
      rightSection={
        <Tip label={clipboard.copied ? t('copied') : t('copy')}>
          <ActionIcon aria-label={t('copy')} onClick={() => clipboard.copy(value)}>
            {clipboard.copied ? <IconCheck size={16} color="var(--mantine-color-teal-7)" /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tip>
      }
    />
  );
}
