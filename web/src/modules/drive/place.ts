/** Which list of resources a page of the drive shows. */
import { useLocation, useParams } from '@tanstack/react-router';
import type { Listing } from '../../data/queries';

export type PlaceName = 'recent' | 'mine' | 'shared' | 'starred' | 'trash' | 'folder';

export interface Place {
  name: PlaceName;
  listing: Listing;
  /** Where something new goes: null is the root of one's own drive. */
  parent: string | null;
}

const views: Record<string, PlaceName> = {
  '/drive/mine': 'mine',
  '/drive/shared': 'shared',
  '/drive/starred': 'starred',
  '/drive/trash': 'trash',
};

export function placeOf(pathname: string, folder: string | undefined): Place {
  if (folder) return { name: 'folder', listing: { in: folder }, parent: folder };
  const name = views[pathname.replace(/\/$/, '')] ?? 'recent';
  if (name === 'mine') return { name, listing: { in: 'root' }, parent: null };
  return { name, listing: { view: name as 'recent' | 'shared' | 'starred' | 'trash' }, parent: null };
}

export function usePlace(): Place {
  const { pathname } = useLocation();
  const { folder } = useParams({ strict: false });
  return placeOf(pathname, folder);
}
