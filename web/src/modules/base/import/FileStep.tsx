import { Button, FileButton, Loader, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileSize } from '../../../data/format';
import classes from '../Base.module.css';

interface Props {
  /** Bytes of the largest file. */
  limit: number;
  busy: boolean;
  error: string | null;
  onFile: (file: File) => void;
}

const accept =
  '.csv,.tsv,.txt,.xlsx,.jsonl,.ndjson,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A place to drop a file, and a button to pick one. */
export function FileStep({ limit, busy, error, onFile }: Props) {
  const { t, i18n } = useTranslation('base');
  const [over, setOver] = useState(false);
  return (
    <section
      className={classes.drop}
      aria-label={t('import.drop')}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file && !busy) onFile(file);
      }}
    >
      {busy ? (
        <>
          <Loader size="sm" />
          <Text size="sm">{t('import.reading')}</Text>
        </>
      ) : (
        <>
          <IconFileSpreadsheet size={40} stroke={1.2} aria-hidden="true" />
          <Text fw={500} c="var(--sk-text)">
            {t('import.drop')}
          </Text>
          <Text size="sm">{t('import.kinds')}</Text>
          <Text size="sm">{t('import.limit', { size: fileSize(limit, i18n.language) })}</Text>
          <FileButton accept={accept} onChange={(file) => file && onFile(file)}>
            {(props) => (
              <Button {...props} mt={8} data-autofocus>
                {t('import.pick')}
              </Button>
            )}
          </FileButton>
        </>
      )}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt={8}>
          {error}
        </Text>
      )}
    </section>
  );
}
