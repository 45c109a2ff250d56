import { Alert, Button, Group, Loader } from '@mantine/core';
import { IconAlertTriangle, IconArrowRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../data/me';
import { ErrorState } from '../../../ui/States';
import { baseApi, type FieldPatch } from '../api';
import classes from '../Base.module.css';

interface Props {
  base: string;
  table: string;
  field: { id: string; name: string };
  change: FieldPatch;
  onBack: () => void;
  onGo: () => void;
}

/** What becomes of the values of a field that gets another type, before it happens. */
export function RetypeStep({ base, table, field, change, onBack, onGo }: Props) {
  const { t } = useTranslation('field');
  const format = useFormat();
  const preview = useQuery({
    queryKey: ['retype', base, table, field.id, change],
    queryFn: () => baseApi.retypePreview(base, table, field.id, change),
    gcTime: 0,
    staleTime: 0,
  });
  const { data } = preview;
  return (
    <div>
      <div className={classes.entryLabel}>{t('retype.title', { name: field.name })}</div>
      {preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : !data ? (
        <Group py="lg" justify="center">
          <Loader size="sm" />
        </Group>
      ) : (
        <>
          <p className={classes.explained} style={{ margin: '2px 0 8px' }}>
            {t('retype.kept', { count: data.kept, shown: format.number(data.kept) })}
            {data.new_choices.length > 0 && ` ${t('retype.choices', { count: data.new_choices.length })}`}
          </p>
          {data.lost > 0 && (
            <Alert color="orange" variant="light" p="xs" icon={<IconAlertTriangle size={16} />}>
              {t('retype.lost', { count: data.lost, shown: format.number(data.lost) })}
            </Alert>
          )}
          {data.samples.length > 0 && (
            <div className={classes.samples}>
              {data.samples.map((sample) => (
                <div key={sample.record} data-lost={sample.after === null}>
                  <span className={classes.clip}>{sample.before}</span>
                  <IconArrowRight size={13} />
                  <span className={classes.clip}>{sample.after ?? t('retype.empty')}</span>
                </div>
              ))}
            </div>
          )}
        </>
      )}
      <Group justify="flex-end" mt="md" gap="sm">
        <Button variant="default" onClick={onBack}>
          {t('retype.back')}
        </Button>
        <Button data-autofocus disabled={!data} color={data && data.lost > 0 ? 'red' : undefined} onClick={onGo}>
          {t('retype.go')}
        </Button>
      </Group>
    </div>
  );
}
