import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../data/me';
import type { PathStep, Resource } from '../../data/types';
import { mayManage, useMove } from './actions';
import classes from './Drive.module.css';
import { useDrop } from './drag';

/** Where a folder is. Its ancestors take what is dropped on them. */
export function Breadcrumbs({ resource }: { resource: Resource }) {
  const { t } = useTranslation('drive');
  const me = useMe();
  const mine = resource.owner === me.member.id;
  return (
    <nav className={classes.crumbs} aria-label={t('path')}>
      <ol>
        {me.link === null && (
          <li>
            <Link to={mine ? '/drive/mine' : '/drive/shared'}>{mine ? t('mine') : t('shared')}</Link>
            <IconChevronRight size={14} aria-hidden="true" />
          </li>
        )}
        {resource.path?.map((step) => (
          <Crumb key={step.id} step={step} />
        ))}
        <li aria-current="page">
          <h1 className="truncate">{resource.name}</h1>
        </li>
      </ol>
    </nav>
  );
}

function Crumb({ step }: { step: PathStep }) {
  const move = useMove();
  const drop = useDrop(
    (resources) => resources.every((r) => mayManage(r) && r.parent !== step.id),
    (resources) => void move(resources, step.id, step.name),
  );
  return (
    <li {...drop.props} data-dropping={drop.over || undefined}>
      <Link to="/drive/folder/$folder" params={{ folder: step.id }} className="truncate">
        {step.name}
      </Link>
      <IconChevronRight size={14} aria-hidden="true" />
    </li>
  );
}
