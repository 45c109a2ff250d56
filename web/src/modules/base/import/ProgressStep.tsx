import { Alert, Button, Group, Progress, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../../data/client';
import { useFormat } from '../../../data/me';
import { problemText } from '../../../ui/problem';
import { misfitText } from './misfit';
import type { Import } from './model';

interface Props {
  base: string;
  data: Import | null;
  onCancel: () => void;
  onFinish: () => void;
}

const shownErrors = 100;

/** How far the import is, and in the end what could not be taken over and why. */
export function ProgressStep({ base, data, onCancel, onFinish }: Props) {
  const { t } = useTranslation('base');
  const format = useFormat();
  if (!data) return null;
  const { read, imported, updated, refused, rejected, total } = data.progress;
  const over = data.state !== 'running' && data.state !== 'previewed';
  const share = over ? 100 : total ? Math.min(99, (read / total) * 100) : 100;
  const { errors } = data.report;

  return (
    <div aria-live="polite">
      {over ? (
        <Outcome data={data} />
      ) : (
        <Text size="sm" mb={8}>
          {t('import.running', { name: data.file.name })}
        </Text>
      )}
      <Progress
        value={share}
        animated={!over && !total}
        color={data.state === 'failed' ? 'red' : data.state === 'cancelled' ? 'gray' : undefined}
        aria-label={t('import.progress')}
      />
      <Group gap="lg" mt={8}>
        <Text size="sm" c="dimmed">
          {t('import.imported', { count: imported, shown: format.number(imported) })}
          {total ? ` / ${format.number(total)}` : ''}
        </Text>
        {updated > 0 && (
          <Text size="sm" c="dimmed">
            {t('import.updated', { count: updated, shown: format.number(updated) })}
          </Text>
        )}
        {refused > 0 && (
          <Text size="sm" c="var(--mantine-color-error)">
            {t('import.refused', { count: refused, shown: format.number(refused) })}
          </Text>
        )}
        {rejected > 0 && (
          <Text size="sm" c="var(--mantine-color-error)">
            {t('import.rejected', { count: rejected, shown: format.number(rejected) })}
          </Text>
        )}
      </Group>
      {over && errors.length > 0 && (
        <div style={{ maxHeight: 260, overflow: 'auto', marginTop: 12 }}>
          <Table stickyHeader fz={13}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('import.row')}</Table.Th>
                <Table.Th>{t('import.column')}</Table.Th>
                <Table.Th>{t('import.message')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {errors.slice(0, shownErrors).map((error, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a row may have several errors
                <Table.Tr key={i}>
                  <Table.Td>{error.row}</Table.Td>
                  <Table.Td>{error.column}</Table.Td>
                  <Table.Td>{misfitText(error)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Group justify="flex-end" mt="lg" gap="sm">
        {over && errors.length > 0 && (
          <Button
            component="a"
            href={`/api/v1/bases/${base}/imports/${data.id}/report`}
            download
            variant="default"
            leftSection={<IconDownload size={15} />}
            mr="auto"
          >
            {t('import.download')}
          </Button>
        )}
        {over ? (
          <Button onClick={onFinish}>{t(data.table ? 'import.show' : 'close')}</Button>
        ) : (
          <Button variant="default" onClick={onCancel}>
            {t('import.cancel')}
          </Button>
        )}
      </Group>
    </div>
  );
}

function Outcome({ data }: { data: Import }) {
  const { t } = useTranslation('base');
  if (data.state === 'failed') {
    return (
      <Alert mb="sm" color="red" variant="light" icon={<IconAlertTriangle size={16} />} title={t('import.failed')}>
        {data.error ? problemText(new ProblemError(data.error)) : null}
      </Alert>
    );
  }
  return (
    <Group gap={8} mb={8}>
      {data.state === 'done' && <IconCircleCheck size={20} color="var(--mantine-color-teal-6)" aria-hidden="true" />}
      <Text fw={500}>{t(data.state === 'done' ? 'import.done' : 'import.cancelled')}</Text>
    </Group>
  );
}
