import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { Pending } from '../../app/pages';
import { resourceQuery } from '../../data/queries';
import { ErrorState } from '../../ui/States';

/** Goes to a resource of which only the id is known. */
export default function OpenPage() {
  const { resource: id = '' } = useParams({ strict: false });
  const resource = useQuery(resourceQuery(id));
  if (resource.error) return <ErrorState error={resource.error} onRetry={() => void resource.refetch()} />;
  if (!resource.data) return <Pending />;
  return resource.data.kind === 'folder' ? (
    <Navigate to="/drive/folder/$folder" params={{ folder: id }} replace />
  ) : (
    <Navigate to="/base/$base/{-$table}/{-$view}" params={{ base: id }} replace />
  );
}
