import { IconFolderFilled, IconTable } from '@tabler/icons-react';
import type { ResourceKind } from '../data/types';
import classes from './ResourceIcon.module.css';

/** The sign of a kind of resource. Decoration: the kind is said elsewhere. */
export function ResourceIcon({ kind, size = 20 }: { kind: ResourceKind; size?: number }) {
  if (kind === 'folder') {
    return <IconFolderFilled className={classes.folder} size={size} aria-hidden="true" />;
  }
  return (
    <span className={classes.base} style={{ width: size, height: size }} aria-hidden="true">
      <IconTable size={Math.round(size * 0.68)} stroke={2} />
    </span>
  );
}
