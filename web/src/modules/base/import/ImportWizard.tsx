/** From a file to records in four steps: pick, check, watch, report. */
import { Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../data/client';
import { checkSize } from '../../../data/files';
import { useMe } from '../../../data/me';
import { queryClient } from '../../../data/queries';
import { problemText } from '../../../ui/problem';
import type { Base } from '../model';
import { baseQuery } from '../useBase';
import { FileStep } from './FileStep';
import { MappingStep } from './MappingStep';
import { fits, type Import, type Plan, planFor, startBody } from './model';
import { ProgressStep } from './ProgressStep';

interface Props {
  base: Base;
  /** The table to import into; null: a new one. */
  into: string | null;
  /** Times without an offset are read in it. */
  zone: string;
  onClose: () => void;
  /** Shows the table that was imported into. */
  onDone: (table: string) => void;
}

export default function ImportWizard({ base, into, zone, onClose, onDone }: Props) {
  const { t } = useTranslation('base');
  const { limits } = useMe();
  const id = base.resource.id;
  const path = `/bases/${id}/imports`;
  const [previewed, setPreviewed] = useState<Import | null>(null);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [started, setStarted] = useState(false);
  const table = (wanted: string | null) => base.tables.find((one) => one.id === wanted) ?? null;

  const upload = useMutation({
    mutationFn: async (file: File) => {
      checkSize(file, limits.import);
      return api.post<Import>(path, file, {
        headers: {
          'x-file-name': encodeURIComponent(file.name),
          'content-type': file.type || 'application/octet-stream',
        },
      });
    },
    onSuccess: (data) => {
      setPreviewed(data);
      const wished = table(into);
      setPlan(planFor(data, 0, wished && fits(data.sheets[0], wished) ? wished : null));
    },
  });
  const start = useMutation({
    mutationFn: () =>
      previewed && plan
        ? api.post<Import>(`${path}/${previewed.id}/start`, startBody(previewed, plan, zone))
        : Promise.reject(new Error('nothing to start')),
    onSuccess: () => setStarted(true),
  });
  const running = useQuery({
    queryKey: ['import', id, previewed?.id],
    queryFn: ({ signal }) => api.get<Import>(`${path}/${previewed?.id}`, { signal }),
    enabled: started,
    refetchInterval: (query) => (query.state.data && query.state.data.state !== 'running' ? false : 400),
  });
  const now = started ? running.data : undefined;

  function close() {
    if (previewed && !started) void api.delete(`${path}/${previewed.id}`).catch(() => undefined);
    onClose();
  }
  function finish() {
    void queryClient.invalidateQueries({ queryKey: baseQuery(id).queryKey });
    if (now?.table) onDone(now.table);
    onClose();
  }

  const mapping = previewed !== null && !started;
  return (
    <Modal
      opened
      onClose={started && now?.state !== 'running' ? finish : close}
      title={t('import.title')}
      size={mapping ? 'min(1080px, 96vw)' : 560}
      centered
      closeOnClickOutside={!mapping}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {!previewed && (
        <FileStep
          limit={limits.import}
          busy={upload.isPending}
          error={upload.isError ? problemText(upload.error) : null}
          onFile={(file) => upload.mutate(file)}
        />
      )}
      {mapping && plan && (
        <MappingStep
          base={base}
          data={previewed}
          plan={plan}
          busy={start.isPending}
          error={start.isError ? problemText(start.error) : null}
          onPlan={setPlan}
          onTable={(wanted) =>
            setPlan({ ...planFor(previewed, plan.sheet, table(wanted), plan.header), name: plan.name })
          }
          onSheet={(sheet) => setPlan(planFor(previewed, sheet, table(plan.table), plan.header))}
          onBack={() => {
            close();
          }}
          onStart={() => start.mutate()}
        />
      )}
      {started && (
        <ProgressStep
          base={id}
          data={now ?? previewed}
          onCancel={() => void api.delete(`${path}/${previewed?.id}`).then(() => running.refetch())}
          onFinish={finish}
        />
      )}
    </Modal>
  );
}
