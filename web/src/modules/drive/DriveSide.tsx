import { IconClock, IconFolder, IconStar, IconTrash, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SideItem, SideList } from '../../ui/SideList';
import { mayManage, useMove, useTrash } from './actions';
import { useDrop } from './drag';

/** The places of the drive; the own drive and the trash take what is dropped on them. */
export function DriveSide() {
  const { t } = useTranslation('drive');
  const move = useMove();
  const trash = useTrash();
  const toRoot = useDrop(
    (resources) => resources.every((r) => mayManage(r) && r.parent !== null),
    (resources) => void move(resources, null, t('mine')),
  );
  const toTrash = useDrop(
    (resources) => resources.every(mayManage),
    (resources) => void trash(resources),
  );
  return (
    <SideList label={t('list')} title={t('title')}>
      <SideItem to="/drive" activeOptions={{ exact: true }} icon={IconClock} label={t('home')} />
      <SideItem to="/drive/mine" icon={IconFolder} label={t('mine')} dropping={toRoot.over} {...toRoot.props} />
      <SideItem to="/drive/shared" icon={IconUsers} label={t('shared')} />
      <SideItem to="/drive/starred" icon={IconStar} label={t('starred')} />
      <SideItem to="/drive/trash" icon={IconTrash} label={t('trash')} dropping={toTrash.over} {...toTrash.props} />
    </SideList>
  );
}
