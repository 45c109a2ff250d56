import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { useMembersById } from '../../data/directory';
import { useFormat } from '../../data/me';
import { auditQuery } from '../../data/queries';
import type { AuditEntry } from '../../data/types';
import { ErrorState, ListSkeleton } from '../../ui/States';
import { factsOf } from './audit-facts';
import { deviceOf } from './device';
import classes from './Settings.module.css';

/** What changed security. The newest first. */
export default function Audit() {
  const { t } = useTranslation('settings');
  const audit = useInfiniteQuery(auditQuery);
  if (audit.error) return <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />;
  if (!audit.data) return <ListSkeleton />;
  const entries = audit.data.pages.flatMap((page) => page.items);
  return (
    <div className={`${classes.section} ${classes.wide}`}>
      <p className={classes.hint}>{t('audit.hint')}</p>
      {entries.length === 0 ? (
        <div className={classes.empty}>{t('audit.empty')}</div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('section.audit')}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('audit.when')}</th>
                <th scope="col">{t('audit.who')}</th>
                <th scope="col">{t('audit.what')}</th>
                <th scope="col">{t('audit.where')}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id and are only appended
                <AuditLine key={i} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {audit.hasNextPage && (
        <div>
          <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            {t('common:loadMore')}
          </Button>
        </div>
      )}
    </div>
  );
}

function kindText(kind: string): string {
  const key = `settings:audit.kind.${kind}`;
  return i18next.exists(key) ? i18next.t(key) : kind;
}

/** Our words for what the log holds in codes. */
function word(key: string, value: string): string | undefined {
  // That somebody is a member goes without saying next to the name.
  if (key === 'subject_kind' && value === 'member') return '';
  const keys =
    { role: [`share:role.${value}`, `common:role.${value}`], subject_kind: [`share:kind.${value}`] }[key] ?? [];
  const known = keys.find((one) => i18next.exists(one));
  return known && i18next.t(known);
}

function AuditLine({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const members = useMembersById();
  const facts = factsOf(entry.data, { member: (id) => members.get(id)?.name, word });
  return (
    <tr>
      <td className={classes.nowrap}>
        <time dateTime={entry.at}>{format.dateTime(entry.at)}</time>
      </td>
      <td className={classes.nowrap}>{entry.actor?.name ?? t('audit.system')}</td>
      <td>
        {kindText(entry.kind)}
        <div className={classes.data}>{facts.join(' · ')}</div>
      </td>
      <td>
        {entry.ip}
        <div className={classes.data}>{deviceOf(entry.user_agent)}</div>
      </td>
    </tr>
  );
}
