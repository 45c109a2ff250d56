/** Changes that take long, while they are under way: how far they are, and stopping them. */
import { Button, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { notifyProblem } from '../../ui/notify';
import { baseApi } from './api';
import classes from './Base.module.css';
import { isUnderWay, type Job, partDone } from './jobs';
import type { Base } from './model';

export function Jobs({ base, jobs, editable }: { base: Base; jobs: readonly Job[]; editable: boolean }) {
  const { t } = useTranslation('base');
  return jobs.filter(isUnderWay).map((job) => {
    const table = base.tables.find((one) => one.id === job.table);
    const field = table?.fields.find((one) => one.id === job.field);
    const what = t(field ? `jobs.${job.kind}.field` : `jobs.${job.kind}.table`, {
      field: field?.name ?? '',
      table: table?.name ?? '',
    });
    const percent = Math.floor(partDone(job) * 100);
    return (
      <div key={job.id} className={classes.job} role="status">
        <span className={classes.clip}>{what}</span>
        {job.state === 'waiting' ? (
          <span className={classes.placeholder}>{t('jobs.waiting')}</span>
        ) : (
          <>
            <Progress className={classes.jobProgress} value={percent} size="sm" aria-label={what} />
            <span className={classes.placeholder}>{t('jobs.percent', { percent })}</span>
          </>
        )}
        <span className={classes.grow} />
        {editable && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            onClick={() => void baseApi.cancelJob(base.resource.id, job.id).catch((error) => notifyProblem(error))}
          >
            {t('jobs.stop')}
          </Button>
        )}
      </div>
    );
  });
}
