import { lazy, Suspense, useRef } from 'react';
import { useQuestion } from '../ui/confirm';
import { useOverlays } from './overlays';

const Palette = lazy(() => import('./palette/Palette'));
const Shortcuts = lazy(() => import('./palette/Shortcuts'));
const StatusDialog = lazy(() => import('./StatusDialog'));
const ConfirmDialog = lazy(() => import('../ui/ConfirmDialog'));
const ShareDialog = lazy(() => import('./share/ShareDialog'));

/** True from the first time on, so that a dialog is loaded when needed and then stays to close with its animation. */
function useOnce(now: boolean): boolean {
  const ever = useRef(false);
  ever.current ||= now;
  return ever.current;
}

/** The application's own dialogs. */
export function OverlayHost() {
  const { palette, shortcuts, status, share } = useOverlays();
  const everPalette = useOnce(palette);
  const everShortcuts = useOnce(shortcuts);
  const everStatus = useOnce(status);
  const everQuestion = useOnce(useQuestion((state) => state.open));
  const everShare = useOnce(share !== null);
  return (
    <Suspense fallback={null}>
      {everPalette && <Palette />}
      {everShortcuts && <Shortcuts />}
      {everStatus && <StatusDialog />}
      {everShare && <ShareDialog />}
      {everQuestion && <ConfirmDialog />}
    </Suspense>
  );
}
