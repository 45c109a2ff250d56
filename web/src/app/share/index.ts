/** Opens the dialog that says who can do what with a resource, and why. */
import { useOverlays } from '../overlays';

export function openShare({ id, name }: { id: string; name: string }): void {
  useOverlays.setState({ share: { id, name } });
}
